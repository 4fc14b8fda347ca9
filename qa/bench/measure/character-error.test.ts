import { expect, test } from '@jest/globals';
import { characterErrorRate } from './character-error.ts';

test.each([
	['one missing letter and one added', '0123456789', '123456789x', 0.2],
	['all letters missing', 'word', '', 1],
	['line ends as spaces', 'two\nlines', 'two   lines\n', 0],
	['ligatures as letters', 'office', 'oﬃce', 0],
	['missing accents as errors', 'élève', 'eleve', 0.4],
])('counts %s', (_, truth, read, rate) => {
	expect(characterErrorRate(truth, read)).toBeCloseTo(rate, 10);
});
