import { ConnectionError, StoreError } from '../errors.ts';
import { followSignal } from '../retry/follow-signal.ts';
import { createPatience } from '../retry/patience.ts';
import { missingParts, type PartsPlan, type PlannedPart } from './parts-plan.ts';
import { sendBytes } from './send-bytes.ts';
import type { UploadContext } from './upload-context.ts';

const PARALLEL_PARTS = 4;
/** A part is tried again for so long before the API is asked what the store has, and for fresh URLs. */
const SAME_URL_MS = 5_000;

/**
 * One round: sends each part that is missing and notes its ETag in the plan. A part that fails ends its row of requests, not
 * the others; the first failure is thrown when all have ended.
 */
export async function sendMissingParts(
	context: UploadContext,
	plan: PartsPlan,
	onStored: () => void,
): Promise<void> {
	const { signal, abort, release } = followSignal(context.signal);
	const waiting = missingParts(plan);
	const failures: unknown[] = [];

	async function sendInARow(): Promise<void> {
		for (let part = waiting.shift(); part; part = waiting.shift()) {
			const etag = await sendPart({ ...context, signal }, plan.part_size, part);
			if (etag !== undefined) part.etag = etag;
			onStored();
		}
	}

	await Promise.all(
		Array.from({ length: PARALLEL_PARTS }, () =>
			sendInARow().catch((error) => {
				failures.push(error);
				// neither the network nor the store: the others would fail of the same
				if (!(error instanceof StoreError || error instanceof ConnectionError)) abort(error);
			}),
		),
	);
	release();
	if (failures.length > 0) throw failures[0];
}

async function sendPart(
	{ source, meter, signal, retry }: UploadContext,
	partSize: number,
	part: PlannedPart,
): Promise<string | undefined> {
	const { part_number: number, upload_url: url, size } = part;
	if (url === undefined) throw new TypeError(`part ${number} has neither an ETag nor a URL`);
	const start = (number - 1) * partSize;
	const onSent = (bytes: number) => meter.set(number, bytes);
	const patience = createPatience({ forMs: Math.min(SAME_URL_MS, retry.forMs), signal });
	for (;;) {
		try {
			const etag = await sendBytes({ url, headers: {}, source, start, end: start + size, signal, onSent });
			onSent(size);
			return etag;
		} catch (error) {
			signal.throwIfAborted();
			onSent(0);
			await patience.waitAfter(error);
		}
	}
}
