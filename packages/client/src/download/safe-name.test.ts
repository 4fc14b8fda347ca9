import { expect, test } from '@jest/globals';
import { safeName } from './safe-name.ts';

test.each([
	['report.pdf', 'report.pdf'],
	['../../etc/passwd', '.._.._etc_passwd'],
	['..\\x', '.._x'],
	['..', '__'],
	['.', '_'],
	['', '_'],
	['.hidden', '.hidden'],
	['a:b.pdf', 'a_b.pdf'],
	['C:\\x.pdf', 'C__x.pdf'],
	['x.pdf:$DATA', 'x.pdf_$DATA'],
	['what?.pdf', 'what_.pdf'],
	['x\u009b2Jy\u0085', 'x_2Jy_'],
	['gpj.\u202efdp.exe', 'gpj._fdp.exe'],
	['\u2066a\u2069\u200e\u200f\u061c', '_a____'],
	['CON', '_CON'],
	['nul.pdf', '_nul.pdf'],
	['Com1.tar.gz', '_Com1.tar.gz'],
	['LPT9 .txt', '_LPT9 .txt'],
	['com¹', '_com¹'],
	['aux.', 'aux_'],
	['concert.pdf', 'concert.pdf'],
	['COM.pdf', 'COM.pdf'],
	['report.pdf. .', 'report.pdf___'],
	['a\u001b[2Jb\n', 'a_[2Jb_'],
	['Übersicht 😀.pdf', 'Übersicht 😀.pdf'],
])('safeName returns a safe file name for %j: %j', (name, safe) => {
	expect(safeName(name)).toBe(safe);
});
