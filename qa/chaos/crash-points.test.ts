import { slice } from '@creatorr/testing/slice';
import { expect, test } from '@jest/globals';
import { crashAndAudit } from './crash/crash-and-audit.ts';
import { findCrashTargets } from './crash/crash-targets.ts';

test.each(slice(findCrashTargets(), 2))(
	'$app killed at $point, after which nothing is lost, stuck or doubled',
	async (target) => {
		expect(await crashAndAudit(target)).toEqual([]);
	},
);
