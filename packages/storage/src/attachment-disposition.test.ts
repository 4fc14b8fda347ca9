import { describe, expect, test } from '@jest/globals';
import { parse } from 'content-disposition';
import { attachmentDisposition } from './attachment-disposition.ts';

const OWN_NAMES = {
	'a plain name': 'report.pdf',
	'spaces and commas': 'Annual report, final (2).pdf',
	quotes: `she said "no" and 'yes'.pdf`,
	backslashes: 'C:\\temp\\a.pdf',
	slashes: '../../etc/passwd',
	'line breaks': 'a\r\nSet-Cookie: x=1\r\n.pdf',
	'a NUL': 'a\0b.pdf',
	'percent escapes': '100%41.pdf',
	accents: 'résumé.pdf',
	'Chinese characters': '年度报告.pdf',
	emoji: '👩‍👩‍👧 holiday 🏖️.pdf',
	'right-to-left text': 'דוח שנתי.pdf',
	'a direction override': 'invoice\u202Efdp.exe',
	'an empty stem': '.pdf',
	'only dots': '..',
	'only a space': ' ',
	semicolons: 'a; filename=b.exe; .pdf',
	'255 emoji': '🏖'.repeat(255),
};

describe('attachmentDisposition', () => {
	test.each(Object.entries(OWN_NAMES))('returns a name with %s exactly', (_, name) => {
		expect(parse(attachmentDisposition(name))).toEqual({
			type: 'attachment',
			parameters: expect.objectContaining({ filename: name }),
		});
	});

	test.each(Object.entries(OWN_NAMES))('fits into one ASCII header line with %s', (_, name) => {
		expect(attachmentDisposition(name)).toMatch(/^[\x20-\x7e]+$/);
	});

	test('sends only `filename` for a plain name', () => {
		expect(attachmentDisposition('report.pdf')).toBe('attachment; filename=report.pdf');
	});

	test.each([
		['résumé.pdf', 'resume.pdf'],
		['a"b\\c/d:e%41.pdf', 'a_b_c_d_e_41.pdf'],
		['👩 x.pdf', '_ x.pdf'],
		['..', 'download'],
		['💥', 'download'],
	])('has a harmless `filename` for %j, for clients without `filename*`', (name, plain) => {
		expect(parse(attachmentDisposition(name), { extended: false }).parameters.filename).toBe(plain);
	});

	test('replaces a lone surrogate instead of failing', () => {
		expect(parse(attachmentDisposition('a\uD83D.pdf')).parameters.filename).toBe('a\uFFFD.pdf');
	});
});
