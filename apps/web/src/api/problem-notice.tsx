import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { failureMessage } from './failure-message.ts';

/** Says what could not be loaded and why, with a Try again button. */
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
			{failureMessage(error)}
		</Notice>
	);
}
