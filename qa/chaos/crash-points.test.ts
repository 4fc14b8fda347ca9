import { slice } from '@creatorr/testing/slice';
import { expect, test } from '@jest/globals';
import { createRandom } from '../driver/random.ts';
import { crashAndAudit } from './crash/crash-and-audit.ts';
import { findCrashTargets } from './crash/crash-targets.ts';

const { CRASH_SITES } = process.env;
const SEED = Number(process.env.CRASH_SEED ?? 1);
const targets = createRandom(SEED)
	.shuffle(findCrashTargets())
	.slice(0, Number(CRASH_SITES ?? 5));

/** `npm run chaos -- --crash-points` kills processes at all crash points, `npm test` only at some. */
test.each(CRASH_SITES === undefined ? slice(targets, 2) : targets)(
	`$app killed at $point, after which nothing is lost, stuck or doubled (CRASH_SEED=${SEED})`,
	async (target) => {
		expect(await crashAndAudit(target)).toEqual([]);
	},
);
