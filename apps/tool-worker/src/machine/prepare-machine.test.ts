import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@creatorr/service/logger';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { loadTools } from '@creatorr/tools/runners';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runnableTools } from './prepare-machine.ts';

let directory: string;
beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'runnable-'));
});
afterEach(() => rm(directory, { recursive: true }));

const ignore = () => undefined;

/** Returns a copy of OCR with another slug and the given changes. */
async function ocrAs(
	slug: string,
	changes: Partial<Tool['manifest']>,
	more: Partial<Tool> = {},
): Promise<Tool> {
	const ocr = (await loadTools()).get('ocr');
	if (!ocr) throw new Error('there is no OCR');
	return { ...ocr, ...more, manifest: { ...ocr.manifest, slug, ...changes } };
}

async function runnable(tools: Tool[]) {
	const lines: unknown[] = [];
	const logger: Logger = {
		debug: ignore,
		info: ignore,
		warn: ignore,
		error: (event, fields) => lines.push([event, fields]),
	};
	return { found: await runnableTools(tools, directory, logger), lines };
}

test('runnableTools leaves out and logs tools without a program or Python module, and those whose probe fails', async () => {
	const { found, lines } = await runnable([
		await ocrAs('no_program', { binaries: ['python3', 'no-such-program'] }),
		await ocrAs('no_module', { pythonModules: ['pikepdf', 'no_such_module'] }),
		await ocrAs('no_answer', {}, { capabilities: () => Promise.reject(new Error('it says nothing')) }),
		await ocrAs('whole', {}),
	]);
	expect([...found.tools.keys()]).toEqual(['whole']);
	expect(found.capabilities).toEqual({ whole: { languages: expect.arrayContaining(['eng']) } });
	expect(lines).toEqual([
		['worker.tool_unavailable', { tool: 'no_program', missing_binaries: ['no-such-program'] }],
		[
			'worker.tool_unavailable',
			{
				tool: 'no_module',
				error: new Error(errorOf("ModuleNotFoundError: No module named 'no_such_module'")),
			},
		],
		['worker.tool_unavailable', { tool: 'no_answer', error: new Error('it says nothing') }],
	]);
	expect(await readdir(directory)).toEqual([]);
}, 120_000);

const errorOf = (reason: string) => `Python can’t load pikepdf, no_such_module: ${reason}`;

test('runnableTools throws when no tool can run', async () => {
	await expect(runnable([await ocrAs('no_program', { binaries: ['no-such-program'] })])).rejects.toThrow(
		'no tool can run here',
	);
});
