import { channel } from 'node:diagnostics_channel';
import { ToolError } from './tool-error.ts';

/** Why what ran in a sandbox was killed: it took too long, it took too much, or nobody wanted it any more. */
export type KillReason = 'timeout' | 'limit' | 'cancel';

const kills = channel('creatorr.sandbox.killed');

/** Tells whoever counts. */
export function tellKill(reason: KillReason): void {
	kills.publish(reason);
}

/** What an aborted signal's reason means. */
export function killReasonOf(abortReason: unknown): KillReason {
	return abortReason instanceof ToolError && abortReason.code === 'timeout' ? 'timeout' : 'cancel';
}

/** Has every kill of this process told from now on. */
export function onKill(listener: (reason: KillReason) => void): void {
	kills.subscribe((reason) => listener(reason as KillReason));
}
