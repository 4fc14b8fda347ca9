import { channel } from 'node:diagnostics_channel';
import { ToolError } from '../tool/tool-error.ts';

/** Why the processes of a sandbox were killed: out of time, over a limit, or canceled. */
export type KillReason = 'timeout' | 'limit' | 'cancel';

const kills = channel('creatorr.sandbox.killed');

/** Calls the listener for every later kill of this process, until it is stopped. */
export function onKill(listener: (reason: KillReason) => void): { stop(): void } {
	const onMessage = (reason: unknown) => listener(reason as KillReason);
	kills.subscribe(onMessage);
	return { stop: () => void kills.unsubscribe(onMessage) };
}

/** Calls the listeners of {@link onKill}. */
export function publishKill(reason: KillReason): void {
	kills.publish(reason);
}

/** Returns the kill reason that an aborted signal's reason stands for. */
export function killReasonOf(abortReason: unknown): KillReason {
	return abortReason instanceof ToolError && abortReason.code === 'timeout' ? 'timeout' : 'cancel';
}

/** Runs the action when the signal is aborted, at once if it already is. */
export function onAbort(signal: AbortSignal | undefined, action: () => void): { dispose(): void } {
	if (signal?.aborted) action();
	else signal?.addEventListener('abort', action, { once: true });
	return { dispose: () => signal?.removeEventListener('abort', action) };
}

/** The reasons to end a command early: its signal, its own time limit, an exceeded limit, a line that the caller refused. */
export interface StopConditions {
	/** Kills the command, which then rejects with the first error. */
	fail(error: unknown, reason?: KillReason): void;
	isTimedOut(): boolean;
	throwIfFailed(): void;
	dispose(): void;
}

export function watchStopConditions(
	{ signal, timeoutMs }: { signal?: AbortSignal | undefined; timeoutMs?: number | undefined },
	kill: () => void,
): StopConditions {
	let failure: { error: unknown } | undefined;
	let isTimedOut = false;
	const fail = (error: unknown, reason?: KillReason) => {
		if (reason && !failure) publishKill(reason);
		failure ??= { error };
		kill();
	};
	const onTimeout = () => {
		isTimedOut = true;
		publishKill('timeout');
		kill();
	};
	const abort = onAbort(signal, () => fail(signal?.reason, killReasonOf(signal?.reason)));
	const timer = timeoutMs === undefined ? undefined : setTimeout(onTimeout, timeoutMs);
	return {
		fail,
		isTimedOut: () => isTimedOut,
		throwIfFailed() {
			if (failure) throw failure.error;
		},
		dispose() {
			clearTimeout(timer);
			abort.dispose();
		},
	};
}

/** Kills a process, which may have ended. */
export function killProcess(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}
