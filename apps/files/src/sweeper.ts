import type { FilePolicy } from './domain/policy.ts';
import type { FileStore } from './domain/ports.ts';
import { abortStaleMultiparts } from './domain/sweep/abort-stale-multiparts.ts';
import { type SweepDeps, sweep } from './domain/sweep/sweep.ts';
import { type Repeater, repeat } from './repeat.ts';

interface SweeperDeps extends SweepDeps {
	store: FileStore;
	policy: FilePolicy;
	sweepIntervalMs: number;
}

/** Listing all uploads of a bucket is dear, and what it finds is rare. */
const STALE_INTERVAL_MS = 3_600_000;

/** Removes the bytes of files that are gone, for as long as the process lives, and logs what was done. */
export function startSweeper(deps: SweeperDeps): Repeater {
	const { logger } = deps;
	const files = repeat({
		name: 'sweep',
		intervalMs: deps.sweepIntervalMs,
		logger,
		async run(stopping) {
			const report = await sweep(deps, stopping);
			if (Object.values(report).some((count) => count > 0)) logger.info('sweep.done', { ...report });
		},
	});
	const multiparts = repeat({
		name: 'sweep.multiparts',
		intervalMs: STALE_INTERVAL_MS,
		logger,
		async run(stopping) {
			const aborted = await abortStaleMultiparts(deps, stopping);
			if (aborted > 0) logger.info('sweep.multiparts_aborted', { aborted });
		},
	});
	return {
		async stop() {
			await Promise.all([files.stop(), multiparts.stop()]);
		},
	};
}
