import type { Logger } from '@creatorr/service/logger';
import { type Repeater, repeat } from '@creatorr/service/repeat';
import { type RotateKeysDeps, rotateOldKey } from './domain/rotate-keys.ts';
import { type SettleDeps, settleLeftovers } from './domain/settle-revocations.ts';

const LEFTOVERS_INTERVAL_MS = 5_000;
const PRUNE_INTERVAL_MS = 60_000;
const VERIFICATIONS_INTERVAL_MS = 5_000;

interface HousekeepingDeps extends SettleDeps, RotateKeysDeps {
	listUnsettled(): Promise<string[]>;
	publishMissedVerifications(): Promise<number>;
	/** What removes rows that nobody needs any more, by what they are. */
	prunings: Readonly<Record<string, () => Promise<number>>>;
	logger: Logger;
}

/** What has to be done now and then, by whichever replica comes to it. */
export function startHousekeeping(deps: HousekeepingDeps): Repeater[] {
	const { logger } = deps;
	const start = (what: string, intervalMs: number, run: (stopping: AbortSignal) => Promise<unknown>) =>
		repeat({ name: `housekeeping.${what}`, intervalMs, run, logger });
	return [
		start('leftovers', LEFTOVERS_INTERVAL_MS, () => settleLeftovers(deps)),
		start('verifications', VERIFICATIONS_INTERVAL_MS, async (stopping) => {
			while (!stopping.aborted && (await deps.publishMissedVerifications()) > 0);
		}),
		start('signing_key', PRUNE_INTERVAL_MS, () => rotateOldKey(deps)),
		...Object.entries(deps.prunings).map(([what, prune]) => start(what, PRUNE_INTERVAL_MS, prune)),
	];
}
