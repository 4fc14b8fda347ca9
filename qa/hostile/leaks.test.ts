import { plainPng } from '@creatorr/tools/testing/builders/images';
import { deflated, MARK, onePage } from '@creatorr/tools/testing/builders/pdf';
import { describe, expect, test } from '@jest/globals';
import { inspect } from './leaks.ts';
import { SECRET_COLOR } from './world.ts';

const SECRET = 'SECRET0123456789';

describe('inspect finds a secret', () => {
	test('in packed bytes', async () => {
		const pdf = onePage({ objects: [deflated('', Buffer.from(SECRET))], catalog: '/Lang 5 0 R' });
		expect((await inspect(pdf, SECRET)).leaks).toEqual(['unpacked bytes']);
	});

	test('in the text of a page', async () => {
		const { text, leaks } = await inspect(onePage({ content: `BT /F1 9 Tf (${SECRET}) Tj ET` }), SECRET);
		expect(text).toContain(MARK);
		expect(leaks).toContain('text');
	});

	test('as a picture of its color', async () => {
		const rgb = SECRET_COLOR.map((level) => level / 255).join(' ');
		const { leaks } = await inspect(onePage({ content: `${rgb} rg 9 9 99 99 re f` }), SECRET);
		expect(leaks).toEqual(['picture']);
	});

	test('in other files than PDFs', async () => {
		expect((await inspect(Buffer.from(`text ${SECRET}`, 'utf16le'), SECRET)).leaks).toEqual(['bytes']);
		expect((await inspect(plainPng(9, 9, [0, 0, 0]), SECRET)).leaks).toEqual([]);
	});
});
