import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Person } from '../ledger.ts';
import { GivenUp } from './client.ts';
import type { LoadContext } from './load.ts';

interface Content {
	name: string;
	mimeType: string;
	bytes: Uint8Array;
}

interface Part {
	part_number: number;
	upload_url: string;
	size: number;
}

/** Uploads again and again until the store has it; resolves to the ETag. */
async function put(
	{ givenUp, ledger }: LoadContext,
	url: string,
	bytes: Uint8Array,
	headers: Record<string, string> = {},
): Promise<string> {
	for (let pauseMs = 200; ; pauseMs = Math.min(pauseMs * 2, 2_000)) {
		if (givenUp.aborted) throw new GivenUp('the store never took an upload');
		const answer = await fetch(url, {
			method: 'PUT',
			headers,
			body: bytes as Uint8Array<ArrayBuffer>,
			signal: AbortSignal.timeout(10_000),
		}).catch(() => undefined);
		await answer?.body?.cancel().catch(() => undefined);
		if (answer?.status === 200) return answer.headers.get('etag') ?? '';
		if (answer && answer.status < 500) ledger.violate('store', `a PUT was answered ${answer.status}`);
		await sleep(pauseMs);
	}
}

/** Uploads by one PUT; resolves to the file's id. */
export async function uploadWhole(
	context: LoadContext,
	person: Person,
	{ name, mimeType, bytes }: Content,
): Promise<string> {
	const body = { name, mime_type: mimeType, size_bytes: bytes.length };
	const { token } = person;
	const declared = await context.client.ask({ method: 'POST', path: '/v1/files', token, body }, [201]);
	const { file_id: id, upload_url: url, headers } = declared.body.data;
	await put(context, url, bytes, headers);
	return await confirmReady(context, person, id, bytes);
}

/** Uploads in parts; resolves to the file's id. */
export async function uploadInParts(
	context: LoadContext,
	person: Person,
	{ name, mimeType, bytes }: Content,
): Promise<string> {
	const { token } = person;
	const body = { name, mime_type: mimeType, size_bytes: bytes.length, multipart: true };
	const declared = await context.client.ask({ method: 'POST', path: '/v1/files', token, body }, [201]);
	const { file_id: id, multipart } = declared.body.data;
	const parts = [];
	let start = 0;
	for (const { part_number, upload_url, size } of multipart.parts as Part[]) {
		parts.push({
			part_number,
			etag: await put(context, upload_url, bytes.subarray(start, start + size)),
		});
		start += size;
	}
	const complete = { method: 'POST', path: `/v1/files/${id}/complete`, token, body: { parts } };
	await context.client.ask(complete, [200]);
	return await confirmReady(context, person, id, bytes);
}

async function confirmReady(
	{ client, ledger }: LoadContext,
	{ id: userId, token }: Person,
	id: string,
	bytes: Uint8Array,
): Promise<string> {
	const file = await client.ask({ method: 'GET', path: `/v1/files/${id}`, token }, [200]);
	if (file.body?.data?.status !== 'ready') {
		ledger.violate('upload', `${id} is ${file.body?.data?.status} although the store took its bytes`);
	}
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	ledger.uploads.set(id, { id, userId, token, sha256, isDeleted: false });
	return id;
}

/** Deletes a file; that it is gone is what an earlier try has done. */
export async function deleteFile({ client, ledger }: LoadContext, person: Person, id: string): Promise<void> {
	const request = { method: 'DELETE', path: `/v1/files/${id}`, token: person.token };
	await client.ask(request, [204, 404]);
	const upload = ledger.uploads.get(id);
	if (upload) upload.isDeleted = true;
}
