import { parseParams } from '@creatorr/tool-kit/params/params';
import { expect, test } from '@jest/globals';
import { manifest } from './manifest.ts';

test('parseParams completes params with their defaults', () => {
	const data = expect.objectContaining({ quality: 70, signed: 'reject', password: null });
	expect(parseParams(manifest.params, {})).toEqual({ ok: true, data });
});

test.each([
	[{ quality: 0 }, 'params.quality'],
	[{ quality: 101 }, 'params.quality'],
	[{ quality: 70.5 }, 'params.quality'],
	[{ quality: '70' }, 'params.quality'],
	[{ size: 1 }, 'params.size'],
])('parseParams refuses %j at %s', (params, path) => {
	expect(parseParams(manifest.params, params)).toMatchObject({ ok: false, details: [{ path }] });
});

test('outputName derives the output’s name from the input', () => {
	expect(manifest.outputName('input.pdf', manifest.params.parse({}))).toBe('input.compressed.pdf');
});
