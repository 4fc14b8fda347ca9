import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { UsageError } from '../errors.ts';
import { outputPath, planDestination } from './destination.ts';
import { writeAtomically } from './write-atomically.ts';

let directory: string;
beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'creatorr-cli-'));
});
afterEach(() => rm(directory, { recursive: true }));

const one = { count: 1, force: false };
const { signal } = new AbortController();

test('without -o an output is written to the current directory under its own name', async () => {
	expect(outputPath(await planDestination(undefined, one), 'a.compressed.pdf')).toBe('a.compressed.pdf');
});

test('-o with a directory, or a path that ends like one, keeps the outputs’ names', async () => {
	expect(outputPath(await planDestination(directory, { ...one, count: 2 }), 'a.pdf')).toBe(
		join(directory, 'a.pdf'),
	);
	const made = await planDestination(`${directory}/new/`, { ...one, count: 2 });
	expect(outputPath(made, 'a.pdf')).toBe(join(directory, 'new', 'a.pdf'));
});

test('-o - writes one output to stdout', async () => {
	expect(outputPath(await planDestination('-', one), 'a.pdf')).toBeUndefined();
	await expect(planDestination('-', { ...one, count: 2 })).rejects.toThrow(UsageError);
});

test('an existing file is refused without --force', async () => {
	const path = join(directory, 'out.pdf');
	await writeFile(path, 'mine');
	await expect(planDestination(path, one)).rejects.toThrow('--force');
	expect(await planDestination(path, { ...one, force: true })).toMatchObject({ kind: 'file', path });
});

test('a file in a missing directory, and one file for several inputs, are refused', async () => {
	await expect(planDestination(join(directory, 'nowhere', 'out.pdf'), one)).rejects.toThrow(
		'is not a directory',
	);
	await expect(planDestination(join(directory, 'out.pdf'), { ...one, count: 2 })).rejects.toThrow(
		'several inputs',
	);
});

test('a file is written atomically, and its directories are created', async () => {
	const path = join(directory, 'new', 'out.pdf');
	await writeAtomically(Readable.from([Buffer.from('he'), Buffer.from('llo')]), path, {
		force: false,
		signal,
	});
	expect(await readFile(path, 'utf8')).toBe('hello');
	expect(await readdir(join(directory, 'new'))).toEqual(['out.pdf']);
});

test('a file that was created meanwhile is kept without --force', async () => {
	const path = join(directory, 'out.pdf');
	await writeFile(path, 'mine');
	const write = (force: boolean) =>
		writeAtomically(Readable.from([Buffer.from('new')]), path, { force, signal });
	await expect(write(false)).rejects.toThrow('already exists');
	expect(await readFile(path, 'utf8')).toBe('mine');
	await write(true);
	expect([await readFile(path, 'utf8'), await readdir(directory)]).toEqual(['new', ['out.pdf']]);
});

test('an interrupted download leaves no file', async () => {
	async function* breaking() {
		yield Buffer.from('half');
		throw new Error('broke off');
	}
	const path = join(directory, 'out.pdf');
	await expect(writeAtomically(Readable.from(breaking()), path, { force: false, signal })).rejects.toThrow(
		'broke off',
	);
	const aborted = AbortSignal.abort(new Error('interrupted'));
	const late = writeAtomically(Readable.from([Buffer.from('x')]), path, { force: false, signal: aborted });
	await expect(late).rejects.toThrow();
	expect(await readdir(directory)).toEqual([]);
});

test('a destination that can’t be written is reported', async () => {
	await mkdir(join(directory, 'out.pdf'));
	const write = writeAtomically(Readable.from([Buffer.from('x')]), join(directory, 'out.pdf'), {
		force: true,
		signal,
	});
	await expect(write).rejects.toMatchObject({ code: 'EISDIR' });
	expect(await readdir(directory)).toEqual(['out.pdf']);
});
