import { expect, test } from '@jest/globals';
import { choiceProblems } from './check-params.ts';

const choices = { languages: 'languages' };
const capabilities = { languages: ['deu', 'eng'] };

test('what is there may be chosen', () => {
	expect(choiceProblems(choices, { languages: ['eng', 'deu'] }, capabilities)).toEqual([]);
});

test('what is not there is named, once together with what is', () => {
	expect(choiceProblems(choices, { languages: ['eng', 'tlh', 'qya'] }, capabilities)).toEqual([
		{ path: 'params.languages', message: '"tlh" is not installed; there are: deu, eng' },
		{ path: 'params.languages', message: '"qya" is not installed' },
	]);
});

test('a single value is checked as a list of one', () => {
	expect(choiceProblems(choices, { languages: 'tlh' }, capabilities)).toHaveLength(1);
});

test.each([undefined, {}])('nothing is wrong where nobody knows what is there: %j', (unknown) => {
	expect(choiceProblems(choices, { languages: ['tlh'] }, unknown)).toEqual([]);
});
