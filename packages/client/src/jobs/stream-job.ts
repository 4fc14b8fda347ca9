import { createParser } from 'eventsource-parser';
import { ConnectionError } from '../errors.ts';
import { isNetworkFailure } from '../retry/is-network-failure.ts';
import { createLinkedAbortController } from '../retry/linked-abort-controller.ts';
import type { Transport } from '../transport.ts';
import type { Job } from '../types.ts';

/** The API sends the first event at once. If it isn't here by now, a proxy buffers streams. */
const FIRST_EVENT_MS = 10_000;
/** The API sends at least a comment every 15 s. */
const SILENCE_MS = 45_000;

/** Streams don't get through. Poll instead. */
export class NoStreamError extends Error {
	override readonly name = 'NoStreamError';
}

/** Yields the job now, and at each change, until the stream ends. Throws ConnectionError if it breaks or goes silent. */
export async function* streamJob(
	transport: Transport,
	id: string,
	outerSignal: AbortSignal,
): AsyncGenerator<Job> {
	const { signal, abort, release } = createLinkedAbortController(outerSignal);
	const noStream = new NoStreamError('no stream comes from the API');
	let timer = setTimeout(abort, FIRST_EVENT_MS, noStream);
	let hasBegun = false;
	try {
		const stream = await openStream(transport, id, signal);
		if (!stream) throw noStream;
		for await (const jobs of readJobs(stream)) {
			hasBegun ||= jobs.length > 0;
			if (hasBegun) {
				clearTimeout(timer);
				timer = setTimeout(abort, SILENCE_MS, new ConnectionError('the stream fell silent'));
			}
			yield* jobs;
		}
		if (!hasBegun) throw noStream;
	} catch (error) {
		if (signal.aborted) throw signal.reason;
		throw isNetworkFailure(error) ? new ConnectionError('the stream broke', { cause: error }) : error;
	} finally {
		clearTimeout(timer);
		release();
		abort(new DOMException('the consumer stopped listening', 'AbortError'));
	}
}

/** Resolves to undefined if the response is no event stream, as when a proxy changed it. */
async function openStream(
	{ api, requireOk, failFastFetch }: Transport,
	id: string,
	signal: AbortSignal,
): Promise<ReadableStream<Uint8Array> | undefined> {
	const request = { params: { path: { id } }, parseAs: 'stream', signal, fetch: failFastFetch } as const;
	const { data, response } = await requireOk(api.GET('/v1/jobs/{id}/events', request));
	const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
	return isStream && data ? data : undefined;
}

function parseJob(data: string): Job {
	try {
		return JSON.parse(data);
	} catch (error) {
		throw new ConnectionError('the stream is damaged', { cause: error });
	}
}

/** Yields the jobs of each chunk. A chunk with only a comment has none. */
async function* readJobs(stream: ReadableStream<Uint8Array>): AsyncGenerator<Job[]> {
	const reader = stream.getReader();
	const decoder = new TextDecoder();
	const jobs: Job[] = [];
	const parser = createParser({
		onEvent({ event, data }) {
			if (event === 'job') jobs.push(parseJob(data));
		},
	});
	while (true) {
		const { done, value } = await reader.read();
		if (done) return;
		parser.feed(decoder.decode(value, { stream: true }));
		yield jobs.splice(0);
	}
}
