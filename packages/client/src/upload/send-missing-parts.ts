import { ConnectionError, StoreError } from '../errors.ts';
import { createLinkedAbortController } from '../retry/linked-abort-controller.ts';
import { createBackoff } from '../retry/retry.ts';
import { missingParts, type PartsPlan, type PlannedPart } from './parts-plan.ts';
import { sendBytes } from './send-bytes.ts';
import type { UploadContext } from './upload-context.ts';

const PARALLEL_PARTS = 4;
/** How long a part is retried before the API is asked for stored parts and fresh URLs. */
const SAME_URL_MS = 5_000;

/**
 * Sends each missing part once and records its ETag in the plan, with several sequences of requests at the same time. A failed part
 * ends its own sequence, not the others. Throws the first failure after all have ended.
 */
export async function sendMissingParts(
	context: UploadContext,
	plan: PartsPlan,
	onStored: () => void,
): Promise<void> {
	const { signal, abort, release } = createLinkedAbortController(context.signal);
	const waiting = missingParts(plan);
	const failures: unknown[] = [];

	async function sendNextParts(): Promise<void> {
		for (let part = waiting.shift(); part; part = waiting.shift()) {
			const etag = await sendPart({ ...context, signal }, plan.part_size, part);
			if (etag !== undefined) part.etag = etag;
			onStored();
		}
	}

	await Promise.all(
		Array.from({ length: PARALLEL_PARTS }, () =>
			sendNextParts().catch((error) => {
				failures.push(error);
				// Neither the network nor the store failed: the other parts would fail in the same way.
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
	const backoff = createBackoff({ forMs: Math.min(SAME_URL_MS, retry.forMs), signal });
	while (true) {
		try {
			const etag = await sendBytes({ url, headers: {}, source, start, end: start + size, signal, onSent });
			onSent(size);
			return etag;
		} catch (error) {
			signal.throwIfAborted();
			onSent(0);
			await backoff.waitAfter(error);
		}
	}
}
