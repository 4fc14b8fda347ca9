import { type Repeater, repeat } from '@creatorr/service/repeat';
import { type HouseDeps, keepHouse } from './domain/sweep/keep-house.ts';
import { type SweepDeps, sweep } from './domain/sweep/sweep.ts';

type SweeperDeps = SweepDeps & HouseDeps & { sweepIntervalMs: number };

/** What it clears away is in nobody's way, and finding it is dear. */
const HOUSEKEEPING_INTERVAL_MS = 3_600_000;

/** Removes the bytes of files that are gone, for as long as the process lives, and logs what was done. */
export function startSweeper(deps: SweeperDeps): Pick<Repeater, 'stop'> {
	const report = (event: string, counts: object) => {
		if (Object.values(counts).some((count) => count > 0)) deps.logger.info(event, { ...counts });
	};
	const sweeping = repeat({
		name: 'sweep',
		intervalMs: deps.sweepIntervalMs,
		logger: deps.logger,
		run: async (stopping) => report('sweep.done', await sweep(deps, stopping)),
	});
	const housekeeping = repeat({
		name: 'housekeeping',
		intervalMs: HOUSEKEEPING_INTERVAL_MS,
		logger: deps.logger,
		run: async (stopping) => report('housekeeping.done', await keepHouse(deps, stopping)),
	});
	return {
		async stop() {
			await Promise.all([sweeping.stop(), housekeeping.stop()]);
		},
	};
}
