import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { oleFile } from '../test/fixtures/ole-file.ts';
import { identify } from './identify.ts';
import { defineTool } from './manifest.ts';
import { CSV, DOCX, HTML, PDF, TEXT, XLSX } from './media-types.ts';

const manifest = defineTool({
	slug: 'test',
	title: 'Test',
	summary: 'Test',
	accepts: [PDF, TEXT, CSV, HTML, DOCX, XLSX],
	params: z.strictObject({}),
	limits: {
		maxInputBytes: 1,
		deadline: { baseMs: 1, perMiBMs: 1, capMs: 1 },
		memoryBytes: 1,
		maxFileBytes: 1,
		maxProcesses: 1,
	},
	binaries: [],
	outputName: (name) => name,
	outputMimeType: () => PDF,
});

let path: string;
beforeAll(async () => {
	path = join(await mkdtemp(join(tmpdir(), 'identify-')), 'input');
});
afterAll(() => rm(join(path, '..'), { recursive: true }));

async function identifyBytes(content: string | Buffer, mimeType: string, name: string) {
	await writeFile(path, content);
	return identify({ path, mimeType, name }, manifest);
}

describe('identify', () => {
	test.each([
		['text/csv; charset=utf-8', 'a.html', CSV],
		['application/octet-stream', 'a.HTML', HTML],
		['application/vnd.ms-excel', 'a.csv', CSV],
		['image/png', 'a.png', TEXT],
	])(
		'takes text declared %s and named %s for what the declaration, then the name says',
		async (declared, name, type) => {
			expect((await identifyBytes('a,b\n', declared, name)).mimeType).toBe(type);
		},
	);

	test('takes a protected office document for the kind that it is named as', async () => {
		const protectedFile = oleFile({ EncryptedPackage: Buffer.alloc(5000) });
		const kind = await identifyBytes(protectedFile, 'application/octet-stream', 'a.xlsx');
		expect(kind).toEqual({ mimeType: XLSX, encrypted: true });
	});

	test('goes by the bytes of a PDF, whatever is declared', async () => {
		expect((await identifyBytes('%PDF-1.4\n', 'text/plain', 'a.txt')).mimeType).toBe(PDF);
	});

	test('refuses PostScript that is named and declared as PDF', async () => {
		await expect(identifyBytes('%!PS\nshowpage\n', PDF, 'a.pdf')).rejects.toMatchObject({
			code: 'unsupported_input',
			message: expect.stringContaining('Despite its name, this is a PostScript file.'),
		});
	});

	test('names what the tool accepts when it refuses', async () => {
		await expect(identifyBytes('\0', PDF, 'a.pdf')).rejects.toThrow(
			/accepts PDF, plain text, CSV, HTML, Word/,
		);
	});

	test('calls a container with a broken directory corrupt', async () => {
		await expect(identifyBytes('PK\x03\x04broken', DOCX, 'a.docx')).rejects.toMatchObject({
			code: 'corrupt_input',
		});
	});
});
