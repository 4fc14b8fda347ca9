import { describe, expect, test } from '@jest/globals';
import { pageSizeParser } from './page-sizes.ts';
import { hasSamePages, lostFeatures, type PdfStructure, structureCounter } from './structure.ts';

function count(lines: readonly string[]) {
	const counter = structureCounter();
	for (const line of lines) counter.takeLine(line);
	return counter.result();
}

function structure(changes: Partial<PdfStructure['counts']> = {}, pageSizes: PdfStructure['pageSizes'] = []) {
	const { counts, ...rest } = count([]);
	return { ...rest, counts: { ...counts, ...changes }, pageSizes };
}

describe('structureCounter', () => {
	test.each([
		['links', '          "/Subtype": "/Link",'],
		['widgets', '          "/Subtype": "/Widget"'],
		['annotations', '          "/Subtype": "/Highlight",'],
		['layers', '          "/Type": "/OCG"'],
		['tags', '          "/StructTreeRoot": "12 0 R",'],
		['xfa', '            "/XFA": ['],
		['namedDestinations', '          "/Dests": "5 0 R",'],
		['fields', '        "fullname": "name",'],
		['outlineItems', '      "title": "Chapter",'],
		['outlineTargets', '      "destpageposfrom1": 3,'],
		['attachments', '      "preferredname": "a.txt",'],
		['pageLabels', '      "index": 0,'],
	] as const)('counts %s', (feature, line) => {
		const { counts } = count([line]);
		expect(Object.entries(counts).filter(([, number]) => number > 0)).toEqual([[feature, 1]]);
	});

	test.each([
		'          "/Subtype": "/Image",',
		'      "destpageposfrom1": null,',
		'          "u:\\"/XFA\\": a string that looks like a key",',
		'          "/T": "u:\\"title\\": x",',
	])('counts nothing for %s', (line) => {
		expect(Object.values(count([line]).counts).every((number) => number === 0)).toBe(true);
	});

	test('sees a signature by the ranges that it covers', () => {
		expect(count(['          "/ByteRange": [']).signatures).toBe(1);
	});

	test('sees whether the file is encrypted', () => {
		expect(count(['    "encrypted": true,']).isEncrypted).toBe(true);
		expect(count(['    "encrypted": false,']).isEncrypted).toBe(false);
	});
});

describe('lostFeatures', () => {
	test('names what a candidate has less of, and not what it has more of', () => {
		const original = structure({ links: 3, outlineItems: 2, tags: 1 });
		const candidate = structure({ links: 2, outlineItems: 2, layers: 1 });
		expect(lostFeatures(original, candidate)).toEqual(['links', 'tags']);
	});
});

describe('hasSamePages', () => {
	const original = structure({}, [[595.28, 841.89]]);

	test('overlooks what rounding does to a size', () => {
		expect(hasSamePages(original, structure({}, [[595, 842]]))).toBe(true);
	});

	test.each([
		[
			'a page more',
			[
				[595, 842],
				[595, 842],
			],
		],
		['a page less', []],
		['a page turned', [[842, 595]]],
	] as [string, PdfStructure['pageSizes']][])('sees %s', (_, sizes) => {
		expect(hasSamePages(original, structure({}, sizes))).toBe(false);
	});
});

test('pageSizeParser reads sizes as shown, turned pages turned', () => {
	const parser = pageSizeParser();
	for (const line of [
		'Pages:           2',
		'Page    1 size:  595.276 x 841.89 pts (A4)',
		'Page    1 rot:   0',
		'Page    2 size:  612 x 792 pts (letter)',
		'Page    2 rot:   270',
		'File size:       1234 bytes',
	]) {
		parser.takeLine(line);
	}
	expect(parser.sizes).toEqual([
		[595.276, 841.89],
		[792, 612],
	]);
});
