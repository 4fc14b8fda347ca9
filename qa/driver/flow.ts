import { type Answer, call } from './client.ts';

/** Declares a file and uploads its bytes; resolves to its id. */
export async function uploadFile(
	token: string,
	bytes: Uint8Array,
	options: { name?: string; mimeType?: string } = {},
): Promise<string> {
	const mimeType = options.mimeType ?? 'application/pdf';
	const declared = await call('POST', '/v1/files', {
		token,
		body: { name: options.name ?? 'input.pdf', mime_type: mimeType, size_bytes: bytes.length },
	});
	if (declared.status !== 201) throw new Error(`POST /v1/files answered ${declared.status} ${declared.text}`);
	const { file_id, upload_url, headers } = declared.body.data;
	const put = await fetch(upload_url, { method: 'PUT', headers, body: bytes as Uint8Array<ArrayBuffer> });
	if (put.status !== 200) throw new Error(`the upload answered ${put.status} ${await put.text()}`);
	return file_id;
}

/** Enqueues a job; resolves to its id. */
export async function startJob(
	token: string,
	fileId: string,
	options: { tool?: string; params?: object; key?: string } = {},
): Promise<string> {
	const answer = await call('POST', '/v1/jobs', {
		token,
		body: { tool: options.tool ?? 'compress_heavy', input_file_id: fileId, params: options.params },
		headers: options.key ? { 'idempotency-key': options.key } : {},
	});
	if (answer.status !== 201) throw new Error(`POST /v1/jobs answered ${answer.status} ${answer.text}`);
	return answer.body.data.id;
}

const TERMINAL = new Set(['succeeded', 'failed', 'canceled']);

/** Waits until a job is terminal; resolves to the job. */
export async function finishJob(token: string, jobId: string, forMs = 120_000): Promise<Answer['body']> {
	const end = Date.now() + forMs;
	for (;;) {
		const answer = await call('GET', `/v1/jobs/${jobId}?wait=20`, { token });
		if (answer.status === 200 && TERMINAL.has(answer.body.data.status)) return answer.body.data;
		if (Date.now() > end) throw new Error(`job ${jobId} is not done: ${answer.text}`);
	}
}

/** The bytes of a file, by its download URL. */
export async function downloadFile(token: string, fileId: string): Promise<Buffer> {
	const file = await call('GET', `/v1/files/${fileId}`, { token });
	if (file.status !== 200) throw new Error(`GET /v1/files answered ${file.status} ${file.text}`);
	const answer = await fetch(file.body.data.download_url);
	if (answer.status !== 200) throw new Error(`the download answered ${answer.status}`);
	return Buffer.from(await answer.arrayBuffer());
}
