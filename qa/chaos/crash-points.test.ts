import { expect, test } from '@jest/globals';
import { createRandom } from '../driver/random.ts';
import { crashAndAudit } from './crash/crash-and-audit.ts';
import { findCrashTargets } from './crash/crash-targets.ts';

/** `npm run chaos -- --crash-points` kills processes at all crash points, `npm test` only at some. */
const TARGETS = Number(process.env.CRASH_SITES ?? 5);
const SEED = Number(process.env.CRASH_SEED ?? 1);

test.each(createRandom(SEED).shuffle(findCrashTargets()).slice(0, TARGETS))(
	`$app killed at $point, after which nothing is lost, stuck or doubled (CRASH_SEED=${SEED})`,
	async (target) => {
		expect(await crashAndAudit(target)).toEqual([]);
	},
);
