import { expect, test } from '@jest/globals';
import { temporaryHome } from '../testing/temporary.ts';
import { requireSpace } from './claim-home.ts';

const home = temporaryHome();

test('requireSpace refuses a new home on a disk that is nearly full', () => {
	expect(() => requireSpace(home(), Number.MAX_SAFE_INTEGER)).toThrow(/^Only \d+ MiB are free/);
});
