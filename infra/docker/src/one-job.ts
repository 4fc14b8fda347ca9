import { randomBytes } from 'node:crypto';

/** Returns a PDF 1.4 with one word on one page. */
function smallPdf(): Buffer {
	const text = 'BT /F 24 Tf 72 720 Td (Hello) Tj ET';
	const objects = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>',
		`<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
	];
	let pdf = '%PDF-1.4\n';
	const offsets = objects.map((object, index) => {
		const offset = pdf.length;
		pdf += `${index + 1} 0 obj\n${object}\nendobj\n`;
		return offset;
	});
	const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
	const size = objects.length + 1;
	pdf += `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${pdf.length}\n%%EOF\n`;
	return Buffer.from(pdf, 'latin1');
}

interface Job {
	id: string;
	status: string;
	output_file_id?: string;
	error_message?: string;
}

/** Runs the steps of the README's curl example. Resolves to a summary, or rejects with the step that failed. */
export async function runOneJob(api: string): Promise<string> {
	let token = '';

	async function call<T>(method: string, path: string, body?: object): Promise<T> {
		const answer = await fetch(`${api}${path}`, {
			method,
			headers: {
				...(body && { 'Content-Type': 'application/json' }),
				...(token && { Authorization: `Bearer ${token}` }),
			},
			...(body && { body: JSON.stringify(body) }),
		});
		if (!answer.ok) throw new Error(`${method} ${path} returned ${answer.status}: ${await answer.text()}`);
		return ((await answer.json()) as { data: T }).data;
	}

	const page = await fetch(`${api}/`);
	if (!page.ok) throw new Error(`the page at / returned ${page.status}`);
	const person = {
		email: `${randomBytes(6).toString('hex')}@example.com`,
		password: randomBytes(12).toString('hex'),
	};
	({ token } = await call<{ token: string }>('POST', '/v1/auth/register', person));
	const pdf = smallPdf();
	const file = { name: 'hello.pdf', mime_type: 'application/pdf', size_bytes: pdf.length };
	const upload = await call<{ file_id: string; upload_url: string }>('POST', '/v1/files', file);
	const put = await fetch(upload.upload_url, {
		method: 'PUT',
		headers: { 'Content-Type': file.mime_type },
		body: new Uint8Array(pdf),
	});
	if (!put.ok) throw new Error(`the upload returned ${put.status}: ${await put.text()}`);
	const asked = { tool: 'compress_heavy', input_file_id: upload.file_id };
	let job = await call<Job>('POST', '/v1/jobs', asked);
	while (['queued', 'running'].includes(job.status))
		job = await call<Job>('GET', `/v1/jobs/${job.id}?wait=30`);
	if (job.status !== 'succeeded') throw new Error(`the job ended ${job.status}: ${job.error_message}`);
	const output = await call<{ download_url: string }>('GET', `/v1/files/${job.output_file_id}`);
	const bytes = Buffer.from(await (await fetch(output.download_url)).arrayBuffer());
	if (!bytes.subarray(0, 5).equals(Buffer.from('%PDF-'))) throw new Error('the downloaded file is not a PDF');
	return `One job succeeded: it compressed a PDF of ${pdf.length} bytes to ${bytes.length}.`;
}
