import { expect } from '@jest/globals';
import type { CompletedPart } from '../complete-multipart.ts';
import type { MultipartUpload } from '../multipart.ts';
import type { StoredObject } from '../objects.ts';
import { MIN_PART_SIZE_BYTES, planParts } from '../plan-parts.ts';
import type { TestStore } from './contract-servers.ts';
import { FOR_A_CLIENT, put } from './requests.ts';

/** The smallest upload with two full parts and a short last one. */
export const SIZE_BYTES = 11 * 1024 ** 2;
export const PARTS = planParts(SIZE_BYTES, MIN_PART_SIZE_BYTES);

export async function begin({ storage }: TestStore, key: string): Promise<MultipartUpload> {
	return { key, uploadId: await storage.createMultipart({ key, contentType: 'application/pdf' }) };
}

/** Sends one part of `sizeBytes` bytes `fill`. */
export async function sendPart(
	{ storage }: TestStore,
	upload: MultipartUpload,
	{ partNumber, sizeBytes, fill = partNumber }: { partNumber: number; sizeBytes: number; fill?: number },
): Promise<CompletedPart> {
	const { url } = await storage.presignPart({ ...FOR_A_CLIENT, ...upload, partNumber, sizeBytes });
	const response = await put(url, new Uint8Array(sizeBytes).fill(fill));
	expect(response.status).toBe(200);
	return { partNumber, etag: response.headers.get('etag') ?? '' };
}

/** Sends all parts of the plan in order. */
export async function sendAll(testStore: TestStore, upload: MultipartUpload): Promise<CompletedPart[]> {
	const sent: CompletedPart[] = [];
	for (const part of PARTS) {
		sent.push(await sendPart(testStore, upload, part));
	}
	return sent;
}

export function complete(
	{ storage }: TestStore,
	upload: MultipartUpload,
	parts: readonly CompletedPart[],
): Promise<StoredObject> {
	return storage.completeMultipart({ ...upload, parts, sizeBytes: SIZE_BYTES });
}
