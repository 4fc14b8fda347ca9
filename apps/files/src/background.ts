import type { Config } from './config.ts';
import { consumeAccountDeleted } from './consumers/account-deleted.ts';
import { consumeAccountVerified } from './consumers/account-verified.ts';
import { consumePlanChanged } from './consumers/plan-changed.ts';
import type { Dependencies } from './dependencies.ts';
import { startSweeper } from './sweeper.ts';

export interface Background {
	/** Lets what is going on come to its end. */
	stop(): Promise<void>;
}

/** Starts what this service does without being asked. */
export function startBackground(dependencies: Dependencies, config: Config): Background {
	const sweeper = startSweeper({ ...dependencies, sweepIntervalMs: config.SWEEP_INTERVAL_SECONDS * 1_000 });
	const consumers = [
		consumeAccountDeleted(dependencies),
		consumeAccountVerified(dependencies),
		consumePlanChanged({ ...dependencies, followPlans: sweeper.followPlans }),
	];
	return {
		async stop() {
			await Promise.all([...consumers, sweeper].map((part) => part.stop()));
		},
	};
}
