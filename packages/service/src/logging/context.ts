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

/** Returns the current request id. Work without a request, such as a timer, gets a new one for each call. */
export function currentRequestId(): string {
	return storage.getStore()?.requestId ?? newId('req');
}

/** Returns the request id to log, or undefined outside a request. */
export function contextRequestId(): string | undefined {
	return storage.getStore()?.requestId;
}
