import { toast } from '../ui/toasts.ts';
import { describeProblem, hasCode } from './problem.ts';

/** Says in passing that something did not work, and why. Who is signed out is asked to sign in: that says enough. */
export function tellFailure(what: string, error: unknown): void {
	if (!hasCode(error, 'unauthorized')) toast({ text: `${what} ${describeProblem(error)}` });
}
