import { SUCCEEDED } from '../samples/sample.ts';

/** What a tool or a command made, as long as its scratch directory is there. */
export interface Made {
	/** The output, on the host. */
	path: string;
	sizeBytes: number;
	details: Record<string, unknown>;
	warnings: readonly string[];
}

/** One run: how long it took from input on disk to output on disk, how it ended, and what was seen of its output. */
export interface Trial<T> {
	seconds: number;
	/** `succeeded`, or the code of an error. */
	outcome: string;
	message: string;
	made: Omit<Made, 'path'> | undefined;
	seen: T | undefined;
}

export function isSuccess(trial: Trial<unknown>): boolean {
	return trial.outcome === SUCCEEDED;
}

export function failure(seconds: number, outcome: string, message: string): Trial<never> {
	return { seconds, outcome, message, made: undefined, seen: undefined };
}

export function success<T>(seconds: number, { path: _, ...made }: Made, seen: T): Trial<T> {
	return { seconds, outcome: SUCCEEDED, message: '', made, seen };
}

export function secondsSince(startedAt: number): number {
	return (performance.now() - startedAt) / 1000;
}
