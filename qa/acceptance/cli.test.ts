/** @slice 9 */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@creatorr/client';
import { slice } from '@creatorr/testing/slice';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { BASE_URL, call, newEmail, newPerson, PASSWORD, type Person } from '../driver/client.ts';
import { makePdf } from '../driver/pdf.ts';
import { eventually } from '../driver/processes.ts';

/** What `npx creatorr` runs. */
const BIN = join(import.meta.dirname, '..', '..', 'node_modules', '.bin', 'creatorr');

let person: Person;
let root: string;
let directory: string;

beforeAll(async () => {
	person = await newPerson();
	root = await mkdtemp(join(tmpdir(), 'creatorr-cli-'));
});
afterAll(() => rm(root, { recursive: true }));
beforeEach(async () => {
	directory = await mkdtemp(join(root, 'at-'));
});

interface Options {
	stdin?: string | Buffer;
	env?: Record<string, string | undefined>;
}

/** Runs the command in the test's directory, as the test's person unless the environment says otherwise. */
function start(args: string[], { stdin = '', env = {} }: Options = {}): ChildProcessWithoutNullStreams {
	const child = spawn(BIN, args, {
		cwd: directory,
		env: {
			PATH: process.env.PATH,
			HOME: directory,
			CREATORR_API: BASE_URL,
			CREATORR_TOKEN: person.token,
			...env,
		},
	});
	// a command that ends without reading its input is judged by its exit code
	child.stdin.on('error', () => undefined);
	child.stdin.end(stdin);
	return child;
}

async function finish(child: ChildProcessWithoutNullStreams) {
	const stdout: Buffer[] = [];
	let stderr = '';
	child.stdout.on('data', (chunk) => stdout.push(chunk));
	child.stderr.on('data', (chunk) => {
		stderr += chunk;
	});
	const [code] = await once(child, 'close');
	const bytes = Buffer.concat(stdout);
	return { code, bytes, stdout: bytes.toString('utf8'), stderr };
}

const creatorr = (args: string[], options?: Options) => finish(start(args, options));
const NOBODY = { CREATORR_TOKEN: undefined };

async function givenPdf(name = 'in.pdf', options = {}): Promise<Buffer> {
	const pdf = makePdf(options);
	await writeFile(join(directory, name), pdf);
	return pdf;
}

test('register, whoami, logout and login keep the session in one private file', async () => {
	const email = newEmail();
	const withPassword = { env: NOBODY, stdin: `${PASSWORD}\n` };
	const registered = await creatorr(['register', '--email', email, '--password-stdin'], withPassword);
	expect(registered).toMatchObject({
		code: 0,
		stderr: '',
		stdout: `Signed in as ${email} at ${BASE_URL}.\n`,
	});
	const file = join(directory, '.config', 'creatorr', 'sessions.json');
	expect((await stat(file)).mode & 0o777).toBe(0o600);
	expect((await creatorr(['whoami'], { env: NOBODY })).stdout).toBe(`${email} (free) at ${BASE_URL}\n`);

	const { token } = JSON.parse(await readFile(file, 'utf8')).byApi[BASE_URL];
	const other = { CREATORR_TOKEN: (await newPerson()).token };
	expect((await creatorr(['logout'], { env: other })).code).toBe(0);
	expect((await call('GET', '/v1/me', { token: other.CREATORR_TOKEN })).status).toBe(401);
	expect((await creatorr(['whoami'], { env: NOBODY })).code).toBe(0);
	expect(await creatorr(['logout'], { env: NOBODY })).toMatchObject({ code: 0, stderr: '' });
	expect((await call('GET', '/v1/me', { token })).status).toBe(401);
	expect(await readFile(file, 'utf8')).not.toContain(token);
	expect(await creatorr(['whoami'], { env: NOBODY })).toMatchObject({ code: 3, stdout: '' });

	const login = await creatorr(['login', '--email', email, '--password-stdin', '--json'], withPassword);
	expect(JSON.parse(login.stdout)).toMatchObject({ api: BASE_URL, user: { email, plan: 'free' } });
	expect(login.stdout).not.toContain('"token"');
	const whoami = await creatorr(['whoami', '--json'], { env: { ...NOBODY, CREATORR_API: undefined } });
	expect(JSON.parse(whoami.stdout)).toMatchObject({ api: BASE_URL, user: { email } });
});

test('an API key is printed alone, works by CREATORR_API_KEY, and is replaced and revoked', async () => {
	const created = await creatorr(['keys', 'create', '--name', 'ci', '--scope', 'jobs:read', 'usage:read']);
	expect(created).toMatchObject({ code: 0, stderr: expect.stringContaining('Store this key now') });
	expect(created.stdout).toMatch(/^ctr_live_\w{36}\n$/);
	const env = { ...NOBODY, CREATORR_API_KEY: created.stdout.trim() };
	expect((await creatorr(['jobs', '--json'], { env })).code).toBe(0);
	const files = await creatorr(['files'], { env });
	expect([files.code, files.stderr]).toEqual([4, expect.stringContaining('files:read')]);
	const [listed] = JSON.parse((await creatorr(['keys', 'list', '--json'])).stdout);
	expect(listed).toMatchObject({ name: 'ci', scopes: ['jobs:read', 'usage:read'], status: 'active' });
	const rotated = await creatorr(['keys', 'rotate', listed.id, '--grace', '0', '--quiet']);
	expect(rotated).toMatchObject({ code: 0, stderr: '' });
	expect((await creatorr(['whoami'], { env })).code).toBe(3);
	expect((await creatorr(['keys', 'events', listed.id])).stdout).toMatch(/ rotated /);
	const [replacement] = JSON.parse((await creatorr(['keys', 'list', '--json'])).stdout);
	expect((await creatorr(['keys', 'revoke', replacement.id])).stdout).toBe(`Revoked ${replacement.id}.\n`);
	const over = await creatorr(['whoami'], { env: { ...NOBODY, CREATORR_API_KEY: rotated.stdout.trim() } });
	expect([over.code, over.stderr]).toEqual([3, expect.stringContaining('API key')]);
});

test('a wrong password, an invalid token and a missing prompt exit with 3 or 2 and a message', async () => {
	const args = ['login', '--email', person.email];
	const wrong = await creatorr([...args, '--password-stdin'], { env: NOBODY, stdin: 'wrong password' });
	expect(wrong).toMatchObject({ code: 3, stdout: '', stderr: 'Incorrect email or password.\n' });
	const over = await creatorr(['whoami', '--json'], { env: { CREATORR_TOKEN: 'nonsense' } });
	expect([over.code, JSON.parse(over.stdout).error.code]).toEqual([3, 'unauthorized']);
	expect(over.stderr).toContain('creatorr login');
	const unasked = await creatorr(args, { env: NOBODY });
	expect([unasked.code, unasked.stderr]).toEqual([2, expect.stringContaining('--password-stdin')]);
});

test('compress writes a smaller file to the path of -o, and prints the sizes', async () => {
	const pdf = await givenPdf();
	const done = await creatorr(['compress', 'in.pdf', '-o', 'out.pdf', '--quality', '70']);
	expect(done).toMatchObject({ code: 0, stderr: '' });
	expect(done.stdout).toMatch(/^in\.pdf → out\.pdf {2}[\d.]+ kB → [\d.]+ kB \(−\d+%\)\n$/);
	const out = await readFile(join(directory, 'out.pdf'));
	expect(out.subarray(0, 5).toString()).toBe('%PDF-');
	expect(out.length).toBeLessThan(pdf.length);
	expect((await readdir(directory)).sort()).toEqual(['in.pdf', 'out.pdf']);
});

test('--json prints usage errors as JSON, too', async () => {
	const { code, stdout } = await creatorr(['compress', 'in.pdf', '--quality', 'much', '--json']);
	expect(code).toBe(2);
	expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage' } });
});

test('--json prints the whole result with the field names of the API', async () => {
	await givenPdf();
	const done = await creatorr([
		'run',
		'compress_heavy',
		'in.pdf',
		'--json',
		'--image_dpi=100',
		'--param',
		'quality=40',
	]);
	expect(done).toMatchObject({ code: 0, stderr: '' });
	expect(JSON.parse(done.stdout)).toEqual([
		{
			input: 'in.pdf',
			output: 'in.compressed.pdf',
			job: expect.objectContaining({
				status: 'succeeded',
				params: expect.objectContaining({ quality: 40, image_dpi: 100 }),
			}),
		},
	]);
});

test('reads stdin and writes only the output to stdout', async () => {
	const done = await creatorr(['compress', '-', '-o', '-', '--quiet'], { stdin: makePdf() });
	expect([done.code, done.stderr, done.bytes.subarray(0, 5).toString()]).toEqual([0, '', '%PDF-']);
	expect(await readdir(directory)).toEqual([]);
});

test('several inputs are written to a directory, and a failed one does not stop the others', async () => {
	await givenPdf('one.pdf');
	await givenPdf('two.pdf');
	await writeFile(join(directory, 'broken.pdf'), '%PDF-1.4 and no more');
	const done = await creatorr(['compress', 'one.pdf', 'broken.pdf', 'two.pdf', '-o', 'smaller/']);
	expect(done.code).toBe(1);
	expect(done.stderr).toMatch(/^broken\.pdf: The PDF is damaged.*\n$/);
	expect((await readdir(join(directory, 'smaller'))).sort()).toEqual([
		'one.compressed.pdf',
		'two.compressed.pdf',
	]);
});

test('the alias of a tool is a command', async () => {
	await writeFile(join(directory, 'letter.txt'), 'Dear reader,\n');
	expect(await creatorr(['convert', 'letter.txt', '-q'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
	expect((await readFile(join(directory, 'letter.pdf'))).subarray(0, 5).toString()).toBe('%PDF-');
});

test('nothing is overwritten without --force', async () => {
	await givenPdf();
	await writeFile(join(directory, 'out.pdf'), 'mine');
	const jobsBefore = (await call('GET', '/v1/jobs', { token: person.token })).text;
	const refused = await creatorr(['compress', 'in.pdf', '-o', 'out.pdf']);
	expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--force')]);
	expect(await readFile(join(directory, 'out.pdf'), 'utf8')).toBe('mine');
	expect((await call('GET', '/v1/jobs', { token: person.token })).text).toBe(jobsBefore);

	await writeFile(join(directory, 'in.compressed.pdf'), 'mine');
	const unnamed = await creatorr(['compress', 'in.pdf']);
	expect([unnamed.code, unnamed.stderr]).toEqual([2, expect.stringContaining('--force')]);
	expect(await readFile(join(directory, 'in.compressed.pdf'), 'utf8')).toBe('mine');
	const twice = await creatorr(['compress', 'in.pdf', 'in.pdf', '-o', 'same/']);
	expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('would both be written')]);
	expect((await call('GET', '/v1/jobs', { token: person.token })).text).toBe(jobsBefore);

	expect((await creatorr(['compress', 'in.pdf', '-o', 'out.pdf', '--force'])).code).toBe(0);
	expect((await readFile(join(directory, 'out.pdf'))).subarray(0, 5).toString()).toBe('%PDF-');
});

const WRONG_USAGE: [string[], string][] = [
	[['compress', 'missing.pdf'], 'missing.pdf: no such file or directory'],
	[['compress', 'empty.pdf'], '"empty.pdf" is empty'],
	[['compress', '.'], '"." is not a file'],
	[['compress'], 'missing required argument'],
	[['compress', 'in.pdf', '--quality', '700'], 'Must be at most 100.'],
	[
		['compress', 'in.pdf', '--password', '-'],
		'Can’t prompt for password of the PDF: standard input isn’t a terminal',
	],
	[['compress', 'in.pdf', '--param', 'nothing_such=1'], 'unknown param "nothing_such"'],
	[['compress', 'in.pdf', '-o', 'nowhere/out.pdf'], '"nowhere" is not a directory'],
	[['compress', 'in.pdf', 'in.pdf', '-o', '-'], 'Only one output can go to stdout'],
	[['squeeze', 'in.pdf'], "unknown command 'squeeze'"],
	[['run', 'squeeze', 'in.pdf'], "unknown command 'squeeze'"],
	[['jobs', '--status', 'lost'], 'queued, running, succeeded'],
	[['whoami', '--api', 'nonsense'], '"nonsense" is not a valid API URL'],
];

test.each(slice(WRONG_USAGE, 4))('%j is wrong usage', async (args, words) => {
	await givenPdf();
	await writeFile(join(directory, 'empty.pdf'), '');
	const refused = await creatorr(args);
	expect([refused.code, refused.stdout, refused.stderr]).toEqual([2, '', expect.stringContaining(words)]);
	expect((await readdir(directory)).sort()).toEqual(['empty.pdf', 'in.pdf']);
});

test('exits with 5 and names the address when it can’t connect', async () => {
	await givenPdf();
	const env = { CREATORR_API: 'http://127.0.0.1:1' };
	expect(await creatorr(['compress', 'in.pdf'], { env })).toMatchObject({ code: 5, stdout: '' });
	const { code, stderr } = await creatorr(['jobs'], { env });
	expect([code, stderr]).toEqual([5, expect.stringContaining('no connection')]);
});

test('exits with 6 when something is not found', async () => {
	expect((await creatorr(['job', 'job_01ARZ3NDEKTSV4RRFFQ69G5FAV'])).code).toBe(6);
	expect((await creatorr(['download', 'fil_01ARZ3NDEKTSV4RRFFQ69G5FAV'])).code).toBe(6);
	expect(await readdir(directory)).toEqual([]);
});

test('Ctrl-C cancels the job and leaves no file behind', async () => {
	await givenPdf('in.pdf', { pages: 30, pictureSide: 2_000 });
	const stranger = await newPerson();
	const client = createClient({ baseUrl: BASE_URL, token: stranger.token });
	const child = start(['compress', 'in.pdf', '-o', 'out.pdf'], { env: { CREATORR_TOKEN: stranger.token } });
	const finished = finish(child);
	await eventually(async () => (await client.jobs.list()).data.length === 1, 60_000, 'no job came');
	child.kill('SIGINT');
	expect(await finished).toMatchObject({ code: 130, stdout: '', stderr: 'interrupted\n' });
	expect((await client.jobs.list()).data).toMatchObject([{ status: 'canceled' }]);
	expect(await readdir(directory)).toEqual(['in.pdf']);
});

test('jobs, job, files and download show earlier work, and cancel refuses an ended job', async () => {
	const stranger = await newPerson();
	const env = { CREATORR_TOKEN: stranger.token };
	await givenPdf();
	const run = await creatorr(['compress', 'in.pdf', '--json'], { env });
	const [{ job }] = JSON.parse(run.stdout);
	const jobs = await creatorr(['jobs', '--status', 'succeeded', '--limit', '5'], { env });
	expect(jobs.stdout).toContain(`${job.id}  compress_heavy  succeeded`);
	expect(JSON.parse((await creatorr(['jobs', '--status', 'failed', '--json'], { env })).stdout)).toEqual([]);
	expect(JSON.parse((await creatorr(['job', job.id, '--json'], { env })).stdout)).toEqual(job);
	expect((await creatorr(['job', job.id], { env })).stdout).toContain(job.output_file_id);
	const files = JSON.parse((await creatorr(['files', '--json'], { env })).stdout);
	expect(files.map((file: { id: string }) => file.id)).toEqual([job.output_file_id, job.input_file_id]);

	await mkdir(join(directory, 'again'));
	const download = await creatorr(['download', job.output_file_id, '-o', 'again'], { env });
	expect(download).toMatchObject({ code: 0, stdout: expect.stringContaining('again/in.compressed.pdf') });
	const again = await readFile(join(directory, 'again', 'in.compressed.pdf'));
	expect(again.equals(await readFile(join(directory, 'in.compressed.pdf')))).toBe(true);
	const toStdout = await creatorr(['download', job.output_file_id, '-o', '-'], { env });
	expect(toStdout.bytes.equals(again)).toBe(true);
	expect((await creatorr(['cancel', job.id], { env })).code).toBe(2);
});

test('plans lists the plans with their prices', async () => {
	const { code, stdout } = await creatorr(['plans']);
	expect([code, stdout]).toEqual([
		0,
		expect.stringMatching(/^PLAN.*\nfree +free .*\npro +\$9 a month, \$90 a year /),
	]);
});

test('help shows the tools, their params and the exit codes', async () => {
	const help = await creatorr(['--help']);
	expect(help).toMatchObject({ code: 0, stderr: '' });
	const { data: tools } = (await call('GET', '/v1/tools')).body;
	for (const { slug } of tools) expect(help.stdout).toContain(slug);
	expect(help.stdout).toContain('130  interrupted');
	const { stdout } = await creatorr(['compress', '--help']);
	const compress = tools.find(({ slug }: { slug: string }) => slug === 'compress_heavy');
	for (const param of Object.keys(compress.params.properties)) {
		expect(stdout).toMatch(new RegExp(`--(no-)?${param.replaceAll('_', '-')}`));
	}
	const offline = await creatorr(['--help'], { env: { CREATORR_API: 'http://127.0.0.1:1' } });
	expect([offline.code, offline.stdout]).toEqual([0, expect.stringContaining('130  interrupted')]);
});
