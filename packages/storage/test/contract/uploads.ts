import { expect } from '@jest/globals';
import type { ClaimedPart } from '../../src/check-parts.ts';
import type { StoredObject } from '../../src/head-object.ts';
import type { MultipartUpload } from '../../src/list-parts.ts';
import { planParts } from '../../src/plan-parts.ts';
import { FOR_A_CLIENT, put } from './requests.ts';
import type { Bench } from './server.ts';

/** The smallest upload with two full parts and a short last one. */
export const SIZE_BYTES = 11 * 1024 ** 2;
export const PLAN = planParts(SIZE_BYTES);

export async function begin({ storage }: Bench, key: string): Promise<MultipartUpload> {
	return { key, uploadId: await storage.createMultipart({ key, contentType: 'application/pdf' }) };
}

/** Sends one part of `sizeBytes`, every byte of it `fill`. */
export async function sendPart(
	{ storage }: Bench,
	upload: MultipartUpload,
	{ partNumber, sizeBytes, fill = partNumber }: { partNumber: number; sizeBytes: number; fill?: number },
): Promise<ClaimedPart> {
	const { url } = await storage.presignPart({ ...FOR_A_CLIENT, ...upload, partNumber, sizeBytes });
	const response = await put(url, new Uint8Array(sizeBytes).fill(fill));
	expect(response.status).toBe(200);
	return { partNumber, etag: response.headers.get('etag') ?? '' };
}

/** Sends all parts of the plan, one after the other. */
export async function sendAll(bench: Bench, upload: MultipartUpload): Promise<ClaimedPart[]> {
	const sent: ClaimedPart[] = [];
	for (const part of PLAN.parts) {
		sent.push(await sendPart(bench, upload, part));
	}
	return sent;
}

export function complete(
	{ storage }: Bench,
	upload: MultipartUpload,
	parts: readonly ClaimedPart[],
): Promise<StoredObject> {
	return storage.completeMultipart({ ...upload, parts, sizeBytes: SIZE_BYTES });
}
