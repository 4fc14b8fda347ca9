import { getJob, MAX_WAIT_SECONDS } from '@creatorr/contracts/jobs';
import type { Operation } from '@creatorr/contracts/operation';

/** How an answer is held back on purpose. */
export interface Hold {
	held: 'stream' | 'wait' | undefined;
	/** How long a service may be silent because of it. */
	holdMs: number;
}

const NO_HOLD: Hold = { held: undefined, holdMs: 0 };
const STREAM: Hold = { held: 'stream', holdMs: 0 };
const WHOLE_SECONDS = /^\d{1,2}$/;

/** What an operation holds back when asked with this query. A wait that the service will refuse holds nothing. */
export function holdOf(operation: Operation, query: string): Hold {
	if (operation.contentType === 'text/event-stream') return STREAM;
	if (query === '' || operation.id !== getJob.id) return NO_HOLD;
	const wait = new URLSearchParams(query).get('wait') ?? '';
	const seconds = WHOLE_SECONDS.test(wait) ? Number(wait) : 0;
	if (seconds < 1 || seconds > MAX_WAIT_SECONDS) return NO_HOLD;
	return { held: 'wait', holdMs: seconds * 1000 };
}
