import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFolder } from './folder.ts';

const ALL = { only: [], skip: [] };

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'samples-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function put(files: Record<string, string>): Promise<void> {
	for (const [name, content] of Object.entries(files)) {
		await mkdir(dirname(join(folder, name)), { recursive: true });
		await writeFile(join(folder, name), content);
	}
}

describe('readFolder', () => {
	test('takes what the manifest names, as it says', async () => {
		await put({
			'manifest.tsv':
				'tool\tfile\tmime\tparams\texpect\nocr\tx.png\timage/png\t{"languages":["fra"]}\tsucceeded|corrupt_input\n',
		});
		expect(await readFolder(folder, ALL)).toEqual([
			{
				tool: 'ocr',
				path: join(folder, 'x.png'),
				label: 'x.png',
				mimeType: 'image/png',
				params: { languages: ['fra'] },
				expect: ['succeeded', 'corrupt_input'],
			},
		]);
	});

	test('names the line of a manifest that is wrong', async () => {
		await put({ 'manifest.tsv': 'tool\tfile\nocr\tx.png\n' });
		await expect(readFolder(folder, ALL)).rejects.toThrow('line 2');
	});

	test('tells by folder, by kind and by true text what a file is for', async () => {
		await put({
			'ocr/a.pdf': '',
			'b.pdf': '',
			'c.docx': '',
			'd.png': '',
			'e.xyz': '',
			'gt_f.txt': '',
			'gt_f_bad.pdf': '',
		});
		const samples = await readFolder(folder, ALL);
		expect(Object.fromEntries(samples.map(({ label, tool }) => [label, tool]))).toEqual({
			'ocr/a.pdf': 'ocr',
			'b.pdf': 'compress_heavy',
			'c.docx': 'office_to_pdf',
			'd.png': 'ocr',
			'gt_f_bad.pdf': 'ocr',
		});
	});

	test('leaves out what is not wanted', async () => {
		await put({ 'a.pdf': '', 'b.pdf': '', 'c.docx': '' });
		const samples = await readFolder(folder, { only: ['compress_heavy'], skip: ['b'] });
		expect(samples.map(({ label }) => label)).toEqual(['a.pdf']);
	});
});
