import { parseParams } from '@creatorr/tool-kit/params/params';
import { expect, test } from '@jest/globals';
import { manifest } from './manifest.ts';

test('parseParams completes params with their defaults', () => {
	const data = expect.objectContaining({ pdfa: 'none', image_quality: 90, page_ranges: null });
	expect(parseParams(manifest.params, {})).toEqual({ ok: true, data });
});

test('parseParams refuses unknown params by name', () => {
	expect(parseParams(manifest.params, { quality: 1 })).toMatchObject({
		ok: false,
		details: [{ path: 'params.quality' }],
	});
});

test('outputName derives the output’s name from the input', () => {
	expect(manifest.outputName('report.docx', manifest.params.parse({}))).toBe('report.pdf');
});
