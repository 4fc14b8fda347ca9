import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FileService, startFileService } from './support/file-service.ts';

const PACKAGE = join(import.meta.dirname, '..');
/** A compiler on a busy machine. */
const COMPILE_MS = 240_000;
const run = promisify(execFile);

let consumer: string;
let installed: string;
let service: FileService;

/** What npm would make of the published package, but for the registry. */
beforeAll(async () => {
	service = await startFileService();
	consumer = await mkdtemp(join(tmpdir(), 'creatorr-consumer-'));
	await run('pnpm', ['pack', '--pack-destination', consumer], { cwd: PACKAGE });
	const [archive = ''] = (await readdir(consumer)).filter((name) => name.endsWith('.tgz'));
	await run('tar', ['-xzf', archive], { cwd: consumer });
	const modules = join(consumer, 'node_modules');
	installed = join(modules, '@creatorr', 'client');
	await mkdir(join(modules, '@creatorr'), { recursive: true });
	await cp(join(consumer, 'package'), installed, { recursive: true });
	const { dependencies } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
	for (const name of [...Object.keys(dependencies), '@types/node']) {
		await mkdir(join(modules, name, '..'), { recursive: true });
		await symlink(join(PACKAGE, 'node_modules', name), join(modules, name));
	}
	await writeFile(join(consumer, 'package.json'), '{ "type": "module" }');
}, COMPILE_MS);
afterAll(async () => {
	await service.stop();
	await rm(consumer, { recursive: true });
});

test('it has what it says, and no sources', async () => {
	const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
	expect(manifest.dependencies).toEqual({
		'eventsource-parser': expect.stringMatching(/^\d/),
		'openapi-fetch': expect.stringMatching(/^\d/),
	});
	const names = await readdir(installed, { recursive: true });
	expect(names.filter((name) => /(?<!\.d)\.ts$|\.test\./.test(name))).toEqual([]);
	expect(names).toEqual(expect.arrayContaining(['README.md', 'LICENSE', join('dist', 'index.js')]));
});

test('plain JavaScript uploads with it', async () => {
	await writeFile(
		join(consumer, 'upload.js'),
		`import { createClient } from '@creatorr/client';
		const client = createClient({ baseUrl: process.argv[2] });
		const file = await client.files.upload({ path: process.argv[1] });
		process.stdout.write(file.name + ' ' + file.status);`,
	);
	const { stdout } = await run(process.execPath, ['upload.js', service.url], { cwd: consumer, env: {} });
	expect(stdout).toBe('upload.js ready');
});

test('bundlers for browsers get what browsers have', async () => {
	await writeFile(
		join(consumer, 'browser.js'),
		`import { createClient } from '@creatorr/client';
		const upload = createClient({ baseUrl: process.argv[2] }).files.upload({ path: process.argv[1] });
		process.stdout.write(await upload.catch((error) => error.message));`,
	);
	const args = ['--conditions=browser', 'browser.js', service.url];
	const { stdout } = await run(process.execPath, args, { cwd: consumer, env: {} });
	expect(stdout).toContain('a browser has no paths');
});

const USE = `import { ApiError, createClient, JobError, type Job } from '@creatorr/client';
const client = createClient({ baseUrl: 'http://127.0.0.1', token: () => undefined });
const { job, output } = await client.run({ tool: 'ocr', source: new Blob(['x']), name: 'x.pdf', onUpload: ({ sentBytes }) => sentBytes.toFixed() });
const again: Job = await client.jobs.wait(job.id);
for await (const state of client.jobs.watch(again.id)) state.progress.toFixed();
const name: string = output.name;
try { await client.files.download(name); } catch (error) {
	if (error instanceof ApiError && error.code === 'plan_limit') error.requestId.at(0);
	if (error instanceof JobError) error.job.id.at(0);
}
// @ts-expect-error: a run needs something to run on
await client.run({ tool: 'ocr' });
`;

test.each([
	['nodenext', 'nodenext', ['es2022'], ['node']],
	['preserve', 'bundler', ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'], []],
])(
	'its types resolve with module %s and resolution %s',
	async (module, moduleResolution, lib, types) => {
		await writeFile(join(consumer, 'use.ts'), USE);
		const compilerOptions = {
			module,
			moduleResolution,
			lib,
			types,
			target: 'es2022',
			strict: true,
			skipLibCheck: true,
			noEmit: true,
		};
		await writeFile(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
		const tsc = join(PACKAGE, 'node_modules', '.bin', 'tsc');
		const { stdout } = await run(tsc, ['-p', consumer]).catch((failure) => failure);
		expect(stdout).toBe('');
	},
	COMPILE_MS,
);
