import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { oleFile } from '../testing/ole-file.ts';
import { sampleManifest } from '../testing/sample-manifest.ts';
import { identify } from './identify.ts';
import { CSV, DOCX, HTML, PDF, TEXT, XLSX } from './media-types.ts';

const manifest = {
	...sampleManifest(z.strictObject({})),
	accepts: [PDF, TEXT, CSV, HTML, DOCX, XLSX],
};

let path: string;
beforeAll(async () => {
	path = join(await mkdtemp(join(tmpdir(), 'identify-')), 'input');
});
afterAll(() => rm(join(path, '..'), { recursive: true }));

async function identifyBytes(content: string | Buffer, mimeType: string, name: string) {
	await writeFile(path, content);
	return identify({ path, mimeType, name }, manifest, new AbortController().signal);
}

describe('identify', () => {
	test.each([
		['text/csv; charset=utf-8', 'a.html', CSV],
		['application/octet-stream', 'a.HTML', HTML],
		['application/vnd.ms-excel', 'a.csv', CSV],
		['image/png', 'a.png', TEXT],
	])(
		'chooses the type of text declared as %s and named %s by the declaration, then by the name',
		async (declared, name, type) => {
			expect((await identifyBytes('a,b\n', declared, name)).mimeType).toBe(type);
		},
	);

	test('chooses the type of an encrypted office document by its name', async () => {
		const protectedFile = oleFile({ EncryptedPackage: Buffer.alloc(5000) });
		const kind = await identifyBytes(protectedFile, 'application/octet-stream', 'a.xlsx');
		expect(kind).toEqual({ mimeType: XLSX, encrypted: true });
	});

	test('trusts the bytes of a PDF over the declared type', async () => {
		expect((await identifyBytes('%PDF-1.4\n', 'text/plain', 'a.txt')).mimeType).toBe(PDF);
	});

	test('refuses PostScript that is named and declared as PDF', async () => {
		await expect(identifyBytes('%!PS\nshowpage\n', PDF, 'a.pdf')).rejects.toMatchObject({
			code: 'unsupported_input',
			message: expect.stringContaining('Despite its name, this is a PostScript file.'),
		});
	});

	test('mentions no name when it refuses a file without an extension', async () => {
		await expect(identifyBytes('%!PS\nshowpage\n', PDF, 'report')).rejects.toThrow(
			/^This is a PostScript file\./,
		);
	});

	test('names the accepted types when it refuses', async () => {
		await expect(identifyBytes('\0', PDF, 'a.pdf')).rejects.toThrow(
			/accepts PDF, plain text, CSV, HTML, Word.*\. Use a tool that accepts this file/,
		);
	});

	test('throws corrupt_input for a container with a broken directory', async () => {
		await expect(identifyBytes('PK\x03\x04broken', DOCX, 'a.docx')).rejects.toMatchObject({
			code: 'corrupt_input',
		});
	});
});
