import { ToolError } from './tool-error.ts';

/** The time that one run has: it ends the run when that is over. */
export interface RunClock {
	/** Aborted with a ToolError `timeout`. */
	signal: AbortSignal;
	/** From its start on the run may take so long in all, where that is longer than before. */
	allow(allowedMs: number): void;
	/** So much of the time has gone to others, and does not count. */
	waited(ms: number): void;
	stop(): void;
}

export function startRunClock(firstAllowedMs: number): RunClock {
	const startedAtMs = performance.now();
	const over = new AbortController();
	let allowedMs = firstAllowedMs;
	let waitedMs = 0;
	let timer = setTimeout(check, allowedMs);

	function check(): void {
		const leftMs = startedAtMs + allowedMs + waitedMs - performance.now();
		// What came on top while the timer ran is waited for now.
		if (leftMs > 0) timer = setTimeout(check, Math.ceil(leftMs));
		else over.abort(tookTooLong(allowedMs));
	}

	return {
		signal: over.signal,
		allow(ms) {
			allowedMs = Math.max(allowedMs, ms);
		},
		waited(ms) {
			waitedMs += ms;
		},
		stop() {
			clearTimeout(timer);
		},
	};
}

function tookTooLong(allowedMs: number): ToolError {
	return new ToolError(
		'timeout',
		`The work took longer than the ${Math.round(allowedMs / 1000)} s allowed. Try a smaller part of the file.`,
	);
}
