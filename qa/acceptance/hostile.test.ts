import { slice } from '@creatorr/testing/slice';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { call, newPerson, type Person } from '../driver/client.ts';
import { downloadFile, finishJob, startJob, uploadFile } from '../driver/flow.ts';
import { makePdf } from '../driver/pdf.ts';
import { pidOf, replicasOf } from '../driver/processes.ts';

const PDF = makePdf({ pictureSide: 200 });
const POSTSCRIPT = Buffer.from(
	'%!PS-Adobe-3.0\n(/etc/passwd) run (/etc/passwd) (r) file 99 string readstring\nshowpage',
);
const SCRIPT = Buffer.from('#!/bin/sh\ncat /etc/passwd\n');

const pidsOfWorkers = () => Promise.all(replicasOf('tool-worker').map(pidOf));

let person: Person;
let workers: number[];
beforeAll(async () => {
	person = await newPerson();
	workers = await pidsOfWorkers();
});

/** Runs a job on these bytes, uploaded under this name and type. */
async function jobOn(bytes: Buffer, file: { name?: string; mimeType?: string }, tool = 'compress_heavy') {
	const job = await finishJob(
		person.token,
		await startJob(person.token, await uploadFile(person.token, bytes, file), { tool }),
	);
	expect(await pidsOfWorkers()).toEqual(workers);
	return job;
}

describe('the type of a file is detected from its bytes', () => {
	test.each(
		slice(
			[
				['PostScript called a PDF', POSTSCRIPT, 'report.pdf', 'application/pdf', 'compress_heavy'],
				['PostScript called a scan', POSTSCRIPT, 'scan.pdf', 'application/pdf', 'ocr'],
				['a PDF called a document', PDF, 'letter.docx', 'application/msword', 'office_to_pdf'],
				[
					'a program called a PDF',
					Buffer.from('\x7fELF\x02\x01\x01\0\0'),
					'a.pdf',
					'application/pdf',
					'compress_heavy',
				],
				['a script called a PDF', SCRIPT, 'a.pdf', 'application/pdf', 'ocr'],
			],
			3,
			([, , , , tool]) => tool,
		),
	)('%s is unsupported_input', async (_, bytes, name, mimeType, tool) => {
		const job = await jobOn(bytes, { name, mimeType }, tool);
		expect([job.status, job.error_code]).toEqual(['failed', 'unsupported_input']);
		expect(job.error_message).not.toMatch(/\/(tmp|scratch|input|usr|work)/);
	});

	test('a PDF declared as a picture is a PDF', async () => {
		const job = await jobOn(PDF, { name: 'a.png', mimeType: 'image/png' });
		expect(job.status).toBe('succeeded');
	});

	test('a script declared as a document is processed as text', async () => {
		const job = await jobOn(SCRIPT, { name: 'a.docx', mimeType: 'application/msword' }, 'office_to_pdf');
		expect(job.status).toBe('succeeded');
		expect((await downloadFile(person.token, job.output_file_id)).includes('root:')).toBe(false);
	});
});

describe('a file name is never executed:', () => {
	test.each(
		slice(
			[
				['an option', '-dNOSAFER.pdf'],
				['a pipe', '| touch pwned'],
				['a pipe of Ghostscript’s', '%pipe%id.pdf'],
				['a way up', '../../../../etc/passwd'],
				['a line end and a header', 'a\r\nX-Evil: 1.pdf'],
				['text from right to left', 'a\u202efdp.exe'],
				['255 characters', `${'x'.repeat(251)}.pdf`],
			],
			3,
		),
	)('%s', async (_, name) => {
		const job = await jobOn(PDF, { name });
		expect(job.status).toBe('succeeded');
		const { status, body } = await call('GET', `/v1/files/${job.output_file_id}`, { token: person.token });
		expect(status).toBe(200);
		expect([...body.data.name].length).toBeLessThanOrEqual(255);
		const response = await fetch(body.data.download_url);
		expect(response.headers.get('x-evil')).toBeNull();
		expect(
			Buffer.from(await response.arrayBuffer())
				.subarray(0, 5)
				.toString(),
		).toBe('%PDF-');
	});
});
