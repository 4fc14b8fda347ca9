import { AsyncLocalStorage } from 'node:async_hooks';
import { newId } from '@creatorr/contracts/ids';

interface Context {
	requestId: string;
}

const storage = new AsyncLocalStorage<Context>();

/** Runs `work` so that every log line and outgoing call inside carries this request id. */
export function withRequestId<T>(requestId: string, work: () => T): T {
	return storage.run({ requestId }, work);
}

/** The request id of what is going on now; work that no request set off, such as a timer, gets a new one at each call. */
export function currentRequestId(): string {
	return storage.getStore()?.requestId ?? newId('req');
}

/** The request id to log, absent outside a request. */
export function contextRequestId(): string | undefined {
	return storage.getStore()?.requestId;
}
