import { expect, test } from '@jest/globals';
import { createRandom } from '../driver/random.ts';
import { discoverSites } from './crash/discover.ts';
import { walkSite } from './crash/walk.ts';

/** `npm run chaos -- --crash-points` kills processes at all crash points, `npm test` only at some. */
const SITES = Number(process.env.CRASH_SITES ?? 5);
const SEED = Number(process.env.CRASH_SEED ?? 1);

test.each(createRandom(SEED).shuffle(discoverSites()).slice(0, SITES))(
	`$app killed at $point, after which nothing is lost, stuck or doubled (CRASH_SEED=${SEED})`,
	async (site) => {
		expect((await walkSite(site)).problems).toEqual([]);
	},
);
