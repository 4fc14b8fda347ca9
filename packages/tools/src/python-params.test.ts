import { readFileSync } from 'node:fs';
import { secretParam } from '@creatorr/tool-kit/params/secret-params';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { loadCatalog } from './catalog.ts';
import { pythonParams, pythonParamsFiles } from './python-params.ts';

test('pythonParams returns a module with a field for each param except passwords', () => {
	const params = z.strictObject({
		pages: z.string().nullable().default(null),
		languages: z.array(z.string()).default(['eng']),
		mode: z.enum(['skip', 'redo']).default('skip'),
		deskew: z.boolean().optional(),
		scale: z.number().default(1.5),
		quality: z.int().default(70),
		password: secretParam('opens it'),
	});
	const module = pythonParams({ slug: 'a_tool', params });
	expect(module).toContain('from typing import Literal\n');
	expect([...module.matchAll(/^ {4}(\w+): (.*)$/gm)].map(([, ...field]) => field)).toEqual([
		['pages', 'str | None'],
		['languages', 'list[str]'],
		['mode', 'Literal["skip", "redo"]'],
		['deskew', 'bool'],
		['scale', 'float'],
		['quality', 'int'],
	]);
});

test('pythonParams refuses a param without a known Python type', () => {
	const params = z.strictObject({ map: z.record(z.string(), z.int()).default({}) });
	expect(() => pythonParams({ slug: 'a_tool', params })).toThrow('no Python type');
});

test('every params.py matches its manifest: if not, run node packages/tools/scripts/write-python-params.ts', async () => {
	const manifests = [...(await loadCatalog()).values()];
	const files = manifests.flatMap((manifest) =>
		pythonParamsFiles(manifest).map((file) => ({ manifest, file })),
	);
	expect(files.length).toBeGreaterThan(0);
	for (const { manifest, file } of files) expect(readFileSync(file, 'utf8')).toBe(pythonParams(manifest));
});
