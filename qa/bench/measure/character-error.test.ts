import { expect, test } from '@jest/globals';
import { characterErrorRate } from './character-error.ts';

test.each([
	['what is the same has no error', 'a quiet promise', 'a quiet promise', 0],
	['one replaced letter of ten', '0123456789', '01234x6789', 0.1],
	['one missing and one more', '0123456789', '123456789x', 0.2],
	['nothing read at all', 'word', '', 1],
	['line ends are spaces', 'two\nlines', 'two   lines\n', 0],
	['ligatures are letters', 'office', 'oﬃce', 0],
	['accents are letters', 'élève', 'eleve', 0.4],
	['more rubbish than there is text', 'ab', 'xxxxxx', 3],
])('%s', (_, truth, read, rate) => {
	expect(characterErrorRate(truth, read)).toBeCloseTo(rate, 10);
});
