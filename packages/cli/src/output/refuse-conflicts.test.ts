import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Input } from '../input/open-inputs.ts';
import { refuseConflicts } from './refuse-conflicts.ts';

let directory: string;
beforeEach(async () => {
	directory = await mkdtemp(join(tmpdir(), 'creatorr-cli-'));
});
afterEach(() => rm(directory, { recursive: true }));

const OCR = { output: { suffix: '.ocr.pdf', param: 'output', suffixes: { pdf: '.ocr.pdf', text: '.txt' } } };
const input = (label: string): Input => ({
	label,
	path: label,
	mimeType: 'application/pdf',
	bytes: 1,
	name: label.slice(label.lastIndexOf('/') + 1),
});

function refuse(
	labels: string[],
	{ tool = OCR, params = {}, force = false, platform = 'linux' as NodeJS.Platform } = {},
): Promise<void> {
	const destination = { kind: 'directory', path: directory, force } as const;
	return refuseConflicts(destination, labels.map(input), tool, params, platform);
}

describe('two inputs', () => {
	test.each([[['a/x.pdf', 'b/x.pdf']], [['a/x.pdf', 'b/x.PDF']], [['x.png', 'x.jpg']], [['x.pdf', 'x.pdf']]])(
		'%j are refused if their outputs have the same name',
		async (labels) => {
			await expect(refuse(labels)).rejects.toThrow(`${labels[0]} and ${labels[1]} would both be written to`);
			// --force overwrites earlier files, not outputs of the same command.
			await expect(refuse(labels, { force: true })).rejects.toThrow('would both');
		},
	);

	test('whose outputs differ only in case are refused where that is one file, and accepted elsewhere', async () => {
		const labels = ['a/x.pdf', 'b/X.pdf'];
		for (const platform of ['darwin', 'win32'] as const)
			await expect(refuse(labels, { platform })).rejects.toThrow('would both');
		await refuse(labels, { platform: 'linux' });
	});

	test('whose long names are cut to the same 255 characters are refused', async () => {
		const long = 'a'.repeat(255);
		await expect(refuse([`${long}1.pdf`, `${long}2.pdf`])).rejects.toThrow('would both');
	});

	test('whose outputs have different names are accepted', async () => {
		await refuse(['a/x.pdf', 'a/y.pdf', 'a/x.y.pdf', 'a/v1. final draft', 'a/v1']);
	});

	test('of one name are refused if the suffix of the tool is unknown', async () => {
		await expect(refuse(['a/x.pdf', 'b/x.pdf'], { tool: {} as typeof OCR })).rejects.toThrow('would both');
	});
});

describe('an output that already exists', () => {
	test('is refused, under the name that the params give it', async () => {
		await writeFile(join(directory, 'x.txt'), 'mine');
		await refuse(['a/x.pdf']);
		await expect(refuse(['a/x.pdf'], { params: { output: 'text' } })).rejects.toThrow('--force');
	});

	test('is overwritten with --force', async () => {
		await writeFile(join(directory, 'x.ocr.pdf'), 'mine');
		await refuse(['a/x.pdf'], { force: true });
	});
});
