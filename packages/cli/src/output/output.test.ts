import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { UsageError } from '../errors.ts';
import { pathIn, planDestination } from './destination.ts';
import { writeWhole } from './write-whole.ts';

let directory: string;
beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'creatorr-cli-'));
});
afterEach(() => rm(directory, { recursive: true }));

const one = { count: 1, force: false };
const { signal } = new AbortController();

test('without -o an output goes here, under its own name', async () => {
	expect(pathIn(await planDestination(undefined, one), 'a.compressed.pdf')).toBe('a.compressed.pdf');
});

test('a directory, or what ends like one, takes outputs under their own names', async () => {
	expect(pathIn(await planDestination(directory, { ...one, count: 2 }), 'a.pdf')).toBe(
		join(directory, 'a.pdf'),
	);
	const made = await planDestination(`${directory}/new/`, { ...one, count: 2 });
	expect(pathIn(made, 'a.pdf')).toBe(join(directory, 'new', 'a.pdf'));
});

test('- is stdout, for one output', async () => {
	expect(pathIn(await planDestination('-', one), 'a.pdf')).toBeUndefined();
	await expect(planDestination('-', { ...one, count: 2 })).rejects.toThrow(UsageError);
});

test('a file that is there is refused, unless forced', async () => {
	const path = join(directory, 'out.pdf');
	await writeFile(path, 'mine');
	await expect(planDestination(path, one)).rejects.toThrow('--force');
	expect(await planDestination(path, { ...one, force: true })).toMatchObject({ kind: 'file', path });
});

test('a file in no directory, and one file for several inputs, are refused', async () => {
	await expect(planDestination(join(directory, 'nowhere', 'out.pdf'), one)).rejects.toThrow(
		'is not a directory',
	);
	await expect(planDestination(join(directory, 'out.pdf'), { ...one, count: 2 })).rejects.toThrow(
		'several inputs',
	);
});

test('a file is written as a whole, into directories that are made for it', async () => {
	const path = join(directory, 'new', 'out.pdf');
	await writeWhole(Readable.from([Buffer.from('he'), Buffer.from('llo')]), path, { force: false, signal });
	expect(await readFile(path, 'utf8')).toBe('hello');
	expect(await readdir(join(directory, 'new'))).toEqual(['out.pdf']);
});

test('a file that came meanwhile is kept, unless forced', async () => {
	const path = join(directory, 'out.pdf');
	await writeFile(path, 'mine');
	const write = (force: boolean) => writeWhole(Readable.from([Buffer.from('new')]), path, { force, signal });
	await expect(write(false)).rejects.toThrow('already exists');
	expect(await readFile(path, 'utf8')).toBe('mine');
	await write(true);
	expect([await readFile(path, 'utf8'), await readdir(directory)]).toEqual(['new', ['out.pdf']]);
});

test('what breaks off leaves nothing', async () => {
	async function* breaking() {
		yield Buffer.from('half');
		throw new Error('broke off');
	}
	const path = join(directory, 'out.pdf');
	await expect(writeWhole(Readable.from(breaking()), path, { force: false, signal })).rejects.toThrow(
		'broke off',
	);
	const aborted = AbortSignal.abort(new Error('interrupted'));
	const late = writeWhole(Readable.from([Buffer.from('x')]), path, { force: false, signal: aborted });
	await expect(late).rejects.toThrow();
	expect(await readdir(directory)).toEqual([]);
});

test('a place that can not be written to is told of', async () => {
	await mkdir(join(directory, 'out.pdf'));
	const write = writeWhole(Readable.from([Buffer.from('x')]), join(directory, 'out.pdf'), {
		force: true,
		signal,
	});
	await expect(write).rejects.toMatchObject({ code: 'EISDIR' });
	expect(await readdir(directory)).toEqual(['out.pdf']);
});
