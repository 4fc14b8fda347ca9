import { expect, test } from '@jest/globals';
import { printable } from './printable.ts';

test.each([
	['report.pdf', 'report.pdf'],
	['Übersicht 日本 👩‍👩‍👧.pdf', 'Übersicht 日本 👩‍👩‍👧.pdf'],
	['a\u001b[31mred.pdf', 'a\ufffd[31mred.pdf'],
	['a\nFAKE  ROW.pdf', 'a\ufffdFAKE  ROW.pdf'],
	['a\u202efdp.exe', 'a\ufffdfdp.exe'],
])('printable(%j) is %j', (text, shown) => {
	expect(printable(text)).toBe(shown);
});
