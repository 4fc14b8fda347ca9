import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { DOCX, ODT, PDF } from '@creatorr/tool-kit/files/media-types';
import type { Tool } from '@creatorr/tool-kit/tool/tool';
import { expect, jest, test } from '@jest/globals';
import { LINES, PLAIN, scannedPdf } from './ocr/fixtures/ocr.ts';
import { convertAll, docxFile, odtFile } from './office_to_pdf/fixtures/documents.ts';
import { transform } from './testing/command.ts';
import { textPage } from './testing/pages.ts';
import { pdfFile } from './testing/pdf-file.ts';
import { watchProcesses } from './testing/process-watch.ts';
import { runSample, type Sample } from './testing/run-sample.ts';

jest.setTimeout(180_000);

const secret = () => `secret${randomBytes(8).toString('hex')}`;
const [open, user, owner] = [secret(), secret(), secret()];

const locked = (pdf: Buffer) =>
	transform(pdf, 'qpdf', ['--encrypt', open, secret(), '256', '--', '{in}', '{out}']);
const withoutPrewarmed = (tool: Tool): Tool => ({ ...tool, prewarmed: { command: 'false', args: [] } });
const both = { user_password: user, owner_password: owner };

const CASES: readonly {
	name: string;
	tool: string;
	program: string;
	adapt?: (tool: Tool) => Tool;
	make: () => Promise<Omit<Sample, 'name'>>;
}[] = [
	{
		name: 'a protected PDF is made',
		tool: 'office_to_pdf',
		program: 'soffice.bin',
		make: async () => ({ content: docxFile(['text']), mimeType: DOCX, params: both }),
	},
	{
		name: 'a protected PDF is made by the plain command',
		tool: 'office_to_pdf',
		program: 'qpdf',
		adapt: withoutPrewarmed,
		make: async () => ({ content: docxFile(['text']), mimeType: DOCX, params: both }),
	},
	{
		name: 'a protected document is opened',
		tool: 'office_to_pdf',
		program: 'soffice.bin',
		make: async () => {
			const source = odtFile('<text:p>text</text:p>');
			const [[content] = []] = await convertAll([
				{ source, extension: 'odt', targets: ['odt'], password: open },
			]);
			return { content: content as Buffer, mimeType: ODT, params: { password: open } };
		},
	},
	{
		name: 'a protected PDF is compressed',
		tool: 'compress_heavy',
		program: 'qpdf',
		make: async () => {
			const pdf = pdfFile({ pages: [textPage(['x'.repeat(100_000)])] });
			return { content: await locked(pdf), mimeType: PDF, params: { password: open } };
		},
	},
	{
		name: 'a protected scan is recognized',
		tool: 'ocr',
		program: 'qpdf',
		make: async () => {
			const content = await locked(await scannedPdf(LINES));
			return { content, mimeType: PDF, params: { ...PLAIN, password: open } };
		},
	},
];

test.each(CASES)(
	'no argument or environment variable of a process contains a password when $name',
	async (one) => {
		const sample = { name: 'a', ...(await one.make()) };
		const options = one.adapt ? { adapt: one.adapt } : {};
		const { programs, leaks } = await watchProcesses([open, user, owner], () =>
			runSample(one.tool, sample, options),
		);
		expect(leaks).toEqual([]);
		expect(programs).toEqual(expect.arrayContaining([one.program, 'bwrap']));
	},
);

test('watchProcesses finds a password in the arguments or environment of a process', async () => {
	const script = 'sleep 1; : ';
	// The shell that starts it has the password in two parts.
	const parts = `${open.slice(0, 6)}''${open.slice(6)}`;
	const found = async (command: string) => {
		const run = () => transform(Buffer.alloc(0), 'bash', ['-c', `${command}; cp {in} {out}`]);
		return (await watchProcesses([open], run)).leaks;
	};
	expect(await found(`bash -c '${script}' ${parts}`)).not.toEqual([]);
	expect(await found(`SECRET=${parts} bash -c '${script}'`)).not.toEqual([]);
	expect(await found(`: ${parts}`)).toEqual([]);
});

test('watchProcesses finds a program that another thread starts', async () => {
	const script = "require('node:child_process').execFileSync('sleep', ['0.1'])";
	const { programs } = await watchProcesses([], () => once(new Worker(script, { eval: true }), 'exit'));
	expect(programs).toContain('sleep');
});
