import { request } from 'node:http';
import type { FilesService, TestUser } from './files-service.ts';

/** The response to a request for an upload, as far as tests use it. */
export interface Upload {
	file_id: string;
	upload_url: string;
	headers: Record<string, string>;
	expires_at: string;
	multipart: { part_size: number; parts: UploadPart[]; complete_url: string };
}

export interface UploadPart {
	part_number: number;
	upload_url: string;
	size: number;
}

export const MIB = 1024 ** 2;
export const PDF = { name: 'input.pdf', mime_type: 'application/pdf' };
/** As `orphanAfterMs`, makes new objects old: stores round their times to seconds. */
export const OLD_AT_ONCE_MS = -2_000;

/** Sends bytes to a presigned URL; returns the status. */
export async function put(
	url: string,
	bytes: string | Uint8Array<ArrayBuffer>,
	headers = {},
): Promise<number> {
	// Bytes rather than a string: fetch would give a string a content type of its own.
	const body = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
	const response = await fetch(url, { method: 'PUT', body, headers });
	await response.arrayBuffer();
	return response.status;
}

/** Creates a pending file of a user. */
export async function declare(service: FilesService, user: TestUser, body: object): Promise<Upload> {
	const response = await service.as(user).create({ ...PDF, ...body });
	if (response.status !== 201) throw new Error(`the upload was refused: ${response.text}`);
	return response.body.data;
}

/** Creates a file of a user and uploads its bytes. */
export async function upload(
	service: FilesService,
	user: TestUser,
	content = 'some bytes',
	body: object = {},
): Promise<Upload> {
	const declared = await declare(service, user, { size_bytes: Buffer.byteLength(content), ...body });
	const status = await put(declared.upload_url, content, declared.headers);
	if (status !== 200) throw new Error(`the store answered ${status}`);
	return declared;
}

/** Creates a file, uploads its bytes and reads it once, which makes it ready. */
export async function uploadReady(
	service: FilesService,
	user: TestUser,
	content = 'some bytes',
	body: object = {},
): Promise<Upload> {
	const uploaded = await upload(service, user, content, body);
	const response = await service.as(user).get(uploaded.file_id);
	if (response.body.data?.status !== 'ready') throw new Error(`the file is not ready: ${response.text}`);
	return uploaded;
}

/** Uploads one part, filled with its number; returns the part for the completion. */
export async function putPart(part: UploadPart): Promise<{ part_number: number; etag: string }> {
	const body = new Uint8Array(part.size).fill(part.part_number);
	const response = await fetch(part.upload_url, { method: 'PUT', body });
	if (response.status !== 200) throw new Error(`the store answered ${response.status}`);
	await response.arrayBuffer();
	return { part_number: part.part_number, etag: response.headers.get('etag') ?? '' };
}

/** Announces `sizeBytes`, sends half of them and closes the connection. */
export async function putHalf(url: string, sizeBytes: number, contentType: string): Promise<void> {
	const sending = request(url, {
		method: 'PUT',
		headers: { 'content-type': contentType, 'content-length': sizeBytes },
	});
	const closed = new Promise<void>((resolve) => {
		sending.once('close', () => resolve()).on('error', () => resolve());
	});
	await new Promise<void>((resolve) => sending.write(Buffer.alloc(sizeBytes / 2), () => resolve()));
	sending.destroy();
	await closed;
}

export async function download(url: string): Promise<{ status: number; text: string; headers: Headers }> {
	const response = await fetch(url);
	return { status: response.status, text: await response.text(), headers: response.headers };
}
