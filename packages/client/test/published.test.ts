import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type FileService, startFileService } from './support/file-service.ts';

const PACKAGE = join(import.meta.dirname, '..');
/** The compiler's time limit on a busy machine. */
const COMPILE_MS = 240_000;
const run = promisify(execFile);

let consumer: string;
let installed: string;
let service: FileService;

/** Installs the result of `npm pack` with `npm install` in another directory, as users do. */
beforeAll(async () => {
	service = await startFileService();
	consumer = await mkdtemp(join(tmpdir(), 'creatorr-consumer-'));
	const archive = await pack(join(consumer, 'checkout'));
	await writeFile(join(consumer, 'package.json'), '{ "type": "module" }');
	const dependencies = await packagesOf(['eventsource-parser', 'openapi-fetch', '@types/node']);
	// Dependencies come from this repository instead of the registry: a test needs no network.
	await npm(consumer, 'install', '--offline', '--install-links', archive, ...dependencies);
	installed = join(consumer, 'node_modules', '@creatorr', 'client');
}, COMPILE_MS);
afterAll(async () => {
	await service.stop();
	await rm(consumer, { recursive: true });
});

/** Runs npm offline, without scripts of dependencies. */
async function npm(directory: string, ...args: string[]): Promise<string> {
	const quiet = args[0] === 'install' ? ['--ignore-scripts', '--no-audit', '--no-fund'] : [];
	const { stdout } = await run('npm', [...args, ...quiet], { cwd: directory });
	return stdout;
}

/** Packs a copy: npm changes the manifest while it packs, and other tests use the package. */
async function pack(checkout: string): Promise<string> {
	const copy = join(checkout, 'packages', 'client');
	const filter = (path: string) => !/\/(node_modules|dist)$/.test(path);
	await cp(PACKAGE, copy, { recursive: true, filter });
	await cp(join(PACKAGE, '..', '..', 'LICENSE'), join(checkout, 'LICENSE'));
	await symlink(join(PACKAGE, 'node_modules'), join(copy, 'node_modules'));
	const before = await readFile(join(copy, 'package.json'), 'utf8');
	await npm(copy, 'pack');
	const left = await readdir(copy);
	expect(await readFile(join(copy, 'package.json'), 'utf8')).toBe(before);
	expect(left).not.toContain('LICENSE');
	return join(copy, left.find((name) => name.endsWith('.tgz')) ?? 'nothing was packed');
}

/** Returns the directories of packages and of their dependencies, which pnpm puts beside them. */
async function packagesOf(names: readonly string[]): Promise<string[]> {
	const found = await Promise.all(
		names.map(async (name) => {
			const directory = await realpath(join(PACKAGE, 'node_modules', name));
			const { dependencies = {} } = JSON.parse(await readFile(join(directory, 'package.json'), 'utf8'));
			const beside = Object.keys(dependencies).map((other) => join(storeOf(directory, name), other));
			return [directory, ...(await Promise.all(beside.map((path) => realpath(path))))];
		}),
	);
	return found.flat();
}

/** Returns the directory where pnpm keeps a package and its dependencies. */
function storeOf(directory: string, name: string): string {
	return directory.slice(0, -name.length);
}

test('the package has its declared entry points, and no sources', async () => {
	const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
	expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:/);
	expect(manifest.dependencies).toEqual({
		'eventsource-parser': expect.stringMatching(/^\d/),
		'openapi-fetch': expect.stringMatching(/^\d/),
	});
	const names = await readdir(installed, { recursive: true });
	expect(names.filter((name) => /(?<!\.d)\.ts$|\.test\./.test(name))).toEqual([]);
	expect(names).toEqual(expect.arrayContaining(['README.md', 'LICENSE', join('dist', 'index.js')]));
});

test('the package uploads a file from plain JavaScript', async () => {
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

test('bundlers for browsers get the browser platform', async () => {
	await writeFile(
		join(consumer, 'browser.js'),
		`import { createClient } from '@creatorr/client';
		const upload = createClient({ baseUrl: process.argv[2] }).files.upload({ path: process.argv[1] });
		process.stdout.write(await upload.catch((error) => error.message));`,
	);
	const args = ['--conditions=browser', 'browser.js', service.url];
	const { stdout } = await run(process.execPath, args, { cwd: consumer, env: {} });
	expect(stdout).toContain('paths don’t work in a browser');
});

const USE = `import { ApiError, createClient, JobError, type Job, type UntypedTools } from '@creatorr/client';
const client = createClient({ baseUrl: 'http://127.0.0.1', token: () => undefined });
const source = new Blob(['x']);
const { job, output } = await client.run({ tool: 'ocr', source, name: 'x.pdf', params: { languages: ['deu'] }, onUpload: ({ sentBytes }) => sentBytes.toFixed() });
job.result.pages_recognized.toFixed();
job.result.bytes_out.toFixed();
const again: Job = await client.jobs.wait(job.id);
for await (const state of client.jobs.watch(again.id)) state.progress.toFixed();
const name: string = output.name;
try { await client.files.download(name); } catch (error) {
	if (error instanceof ApiError && error.code === 'plan_limit') error.requestId.at(0);
	if (error instanceof JobError) error.job.id.at(0);
}
await client.jobs.create({ tool: 'compress_heavy', input_file_id: 'fil_1', params: { quality: 70, password: null } });
// @ts-expect-error: a run needs something to run on
await client.run({ tool: 'ocr' });
// @ts-expect-error: a name that no tool has
await client.run({ tool: 'compres', source });
// @ts-expect-error: a param of another tool
await client.run({ tool: 'ocr', source, params: { quality: 70 } });
// @ts-expect-error: a value of another type
await client.run({ tool: 'compress_heavy', source, params: { quality: 'high' } });
// @ts-expect-error: a value that the tool doesn't know
await client.run({ tool: 'ocr', source, params: { output: 'docx' } });
// @ts-expect-error: a field of another tool's result
job.result.ssim;
// @ts-expect-error: a name that no tool has
await client.jobs.create({ tool: 'compres', input_file_id: 'fil_1' });
// @ts-expect-error: a param that no tool has
await client.jobs.create({ tool: 'ocr', input_file_id: 'fil_1', params: { qality: 1 } });
const newer = createClient<UntypedTools>({ baseUrl: 'http://127.0.0.1' });
const { job: other } = await newer.run({ tool: 'of_a_newer_api', source, params: { level: 9 } });
String(other.result['anything']);
`;

/** Returns the first example of the README with its imports. */
async function readmeExample(): Promise<string> {
	const readme = await readFile(join(PACKAGE, 'README.md'), 'utf8');
	const [, example = ''] = /```js\n(.*?)```/s.exec(readme) ?? [];
	expect(example).toContain('client.run');
	return `declare const email: string, password: string;\n${example}`;
}

test.each([
	['nodenext', 'nodenext', ['es2022'], ['node'], ['use.ts', 'readme.ts']],
	['preserve', 'bundler', ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'], [], ['use.ts']],
])(
	'the types resolve with module %s and resolution %s',
	async (module, moduleResolution, lib, types, files) => {
		await writeFile(join(consumer, 'use.ts'), USE);
		await writeFile(join(consumer, 'readme.ts'), await readmeExample());
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
		await writeFile(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
		const tsc = join(PACKAGE, 'node_modules', '.bin', 'tsc');
		const { stdout } = await run(tsc, ['-p', consumer]).catch((failure) => failure);
		expect(stdout).toBe('');
	},
	COMPILE_MS,
);
