import { parseParams } from '@creatorr/tool-kit/params/params';
import { expect, test } from '@jest/globals';
import { manifest } from './manifest.ts';

test('params are completed with their defaults', () => {
	const data = expect.objectContaining({ quality: 70, signed: 'reject', password: null });
	expect(parseParams(manifest.params, {})).toEqual({ ok: true, data });
});

test.each([
	[{ quality: 0 }, 'params.quality'],
	[{ quality: 101 }, 'params.quality'],
	[{ quality: 70.5 }, 'params.quality'],
	[{ quality: '70' }, 'params.quality'],
	[{ size: 1 }, 'params.size'],
])('params %j are refused at %s', (params, path) => {
	expect(parseParams(manifest.params, params)).toMatchObject({ ok: false, details: [{ path }] });
});

test('the output is named after the input', () => {
	expect(manifest.outputName('input.pdf', manifest.params.parse({}))).toBe('input.compressed.pdf');
});
