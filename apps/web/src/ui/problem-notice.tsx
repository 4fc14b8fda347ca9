import { describeProblem } from '../api/problem.ts';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

/** Something could not be loaded: why, and another try. */
export function ProblemNotice({
	what,
	error,
	onRetry,
}: {
	what: string;
	error: Error;
	onRetry: () => unknown;
}) {
	return (
		<Notice kind="bad" title={what} action={<Button onClick={() => void onRetry()}>Try again</Button>}>
			{describeProblem(error)}
		</Notice>
	);
}
