import { expect, test } from '@jest/globals';
import { uniqueNames } from './unique-names.ts';

test('numbers equal names before their extension', () => {
	expect(uniqueNames(['a.pdf', 'b.pdf', 'A.pdf', 'a.pdf'])).toEqual([
		'a.pdf',
		'b.pdf',
		'A (2).pdf',
		'a (3).pdf',
	]);
	expect(uniqueNames(['.env', '.env', 'scan', 'scan'])).toEqual(['.env', '.env (2)', 'scan', 'scan (2)']);
});

test('changes names that are special on another system', () => {
	expect(uniqueNames(['a:b.pdf', 'a?b.pdf', 'CON', 'gpj.\u202efdp.exe', '../x'])).toEqual([
		'a_b.pdf',
		'a_b (2).pdf',
		'_CON',
		'gpj._fdp.exe',
		'.._x',
	]);
});

test('keeps names that already have a number', () => {
	expect(uniqueNames(['a (2).pdf', 'a.pdf', 'a.pdf'])).toEqual(['a (2).pdf', 'a.pdf', 'a (3).pdf']);
});
