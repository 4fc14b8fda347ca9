import { getJob, MAX_WAIT_SECONDS } from '@creatorr/contracts/jobs';
import type { Operation } from '@creatorr/contracts/operation';

/** How a service responds: at once, to a long poll for a job (`?wait=`), or with an event stream. */
export interface ResponseMode {
	kind: 'immediate' | 'long-poll' | 'stream';
	/** How long the service may stay silent during a long poll; 0 for other kinds. */
	waitMs: number;
}

export const IMMEDIATE: ResponseMode = { kind: 'immediate', waitMs: 0 };
const STREAM: ResponseMode = { kind: 'stream', waitMs: 0 };
const WHOLE_SECONDS = /^\d{1,2}$/;

/** Returns the response mode of an operation and query. A long poll that the service will refuse is immediate. */
export function responseModeOf(operation: Operation, query: string): ResponseMode {
	if (operation.contentType === 'text/event-stream') return STREAM;
	if (query === '' || operation.id !== getJob.id) return IMMEDIATE;
	const wait = new URLSearchParams(query).get('wait') ?? '';
	const seconds = WHOLE_SECONDS.test(wait) ? Number(wait) : 0;
	if (seconds < 1 || seconds > MAX_WAIT_SECONDS) return IMMEDIATE;
	return { kind: 'long-poll', waitMs: seconds * 1000 };
}

/** Whether the response stays open on purpose: a long poll or an event stream. */
export function isLongPollOrStream({ kind }: ResponseMode): boolean {
	return kind !== 'immediate';
}
