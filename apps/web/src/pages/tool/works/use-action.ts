import { useState } from 'react';
import { describeProblem } from '../../../api/problem.ts';
import { toast } from '../../../ui/toasts.ts';

/** Something that takes a moment: whether it is under way, and a word when it fails. */
export function useAction(run: () => Promise<void>): { isBusy: boolean; start: () => void } {
	const [isBusy, setBusy] = useState(false);
	return {
		isBusy,
		start() {
			if (isBusy) return;
			setBusy(true);
			run()
				.catch((error: unknown) => toast({ text: describeProblem(error) }))
				.finally(() => setBusy(false));
		},
	};
}
