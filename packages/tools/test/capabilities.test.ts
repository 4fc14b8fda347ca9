import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probeCapabilities } from '@creatorr/tool-kit/run/probe';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadTools } from '../src/runners.ts';

let root: string;
beforeAll(async () => {
	root = await mkdtemp(join(tmpdir(), 'capabilities-'));
});
afterAll(async () => {
	expect(await readdir(root)).toEqual([]);
	await rm(root, { recursive: true });
});

async function probe(slug: string) {
	const tool = (await loadTools()).get(slug);
	if (!tool) throw new Error(`no ${slug}`);
	return await probeCapabilities(tool, root);
}

test('ocr has the languages that are installed by default', async () => {
	const { languages } = await probe('ocr');
	expect(languages).toEqual(expect.arrayContaining(['deu', 'eng', 'fra', 'ita', 'nld', 'por', 'spa']));
	expect(languages).not.toContain('osd');
});

test('office_to_pdf has fonts of the measures of the common ones', async () => {
	const { fonts } = await probe('office_to_pdf');
	expect(fonts).toEqual(
		expect.arrayContaining(['Caladea', 'Carlito', 'DejaVu Sans', 'Liberation Sans', 'Liberation Serif']),
	);
	expect(new Set(fonts).size).toBe(fonts?.length);
});

test('a tool that has nothing to choose from says nothing', async () => {
	expect(await probe('compress_heavy')).toEqual({});
});
