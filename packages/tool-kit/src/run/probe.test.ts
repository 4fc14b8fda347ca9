import { expect, test } from '@jest/globals';
import { missingBinaries } from './probe.ts';

test('missingBinaries returns those that are not installed', async () => {
	expect(await missingBinaries(['bash', 'no-such-binary'])).toEqual(['no-such-binary']);
});
