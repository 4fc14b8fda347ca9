import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFolder } from './samples.ts';

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'samples-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content = ''): void {
	mkdirSync(dirname(join(folder, name)), { recursive: true });
	writeFileSync(join(folder, name), content);
}

describe('readFolder', () => {
	test('returns the files that the manifest lists', async () => {
		write(
			'manifest.tsv',
			'tool\tfile\tmime\tparams\texpect\nocr\tx.png\timage/png\t{"languages":["fra"]}\tsucceeded|corrupt_input\n',
		);
		expect(await readFolder(folder)).toEqual([
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

	test('names the line of the manifest that is invalid', async () => {
		write('manifest.tsv', 'tool\tfile\nocr\tx.png\n');
		await expect(readFolder(folder)).rejects.toThrow('line 2');
	});

	test('returns files without a manifest for each tool that accepts them, without true texts', async () => {
		for (const name of ['a/b.pdf', 'c.docx', 'd.png', 'e.xyz', 'gt_f.txt', 'gt_f_bad.png']) write(name);
		const samples = await readFolder(folder);
		expect(samples.map(({ label, tool }) => `${label} ${tool}`)).toEqual([
			...['a/b.pdf compress_heavy', 'a/b.pdf ocr', 'c.docx office_to_pdf', 'd.png ocr', 'gt_f_bad.png ocr'],
		]);
	});

	test('leaves out other tools', async () => {
		for (const name of ['a.pdf', 'c.docx']) write(name);
		const samples = await readFolder(folder, ['compress_heavy']);
		expect(samples.map(({ label }) => label)).toEqual(['a.pdf']);
	});
});
