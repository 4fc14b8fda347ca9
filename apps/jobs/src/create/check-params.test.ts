import { expect, test } from '@jest/globals';
import { choiceProblems } from './check-params.ts';

const choices = { languages: 'languages' };
const capabilities = { languages: ['deu', 'eng'] };

test('accepts an available value', () => {
	expect(choiceProblems(choices, { languages: ['eng', 'deu'] }, capabilities)).toEqual([]);
});

test('names each unavailable value, and lists the available ones once', () => {
	expect(choiceProblems(choices, { languages: ['eng', 'tlh', 'qya'] }, capabilities)).toEqual([
		{ path: 'params.languages', message: '"tlh" is not installed; available: deu, eng' },
		{ path: 'params.languages', message: '"qya" is not installed' },
	]);
});

test('checks a single value like a list of one', () => {
	expect(choiceProblems(choices, { languages: 'tlh' }, capabilities)).toHaveLength(1);
});

test.each([undefined, {}])('accepts any value while the capability is unknown: %j', (unknown) => {
	expect(choiceProblems(choices, { languages: ['tlh'] }, unknown)).toEqual([]);
});
