import { newId } from '../objects/ids.ts';
import { API_VERSION, type Event, type EventType, type Stored } from '../objects/wire.ts';
import type { RenewalSwitches } from '../switches.ts';
import type { ObjectStore } from './objects.ts';
import { previousAttributes } from './previous-attributes.ts';

/** Whose doing a change is, which its events say: a request of the API, or Stripe's own (both null). */
export type Cause = { requestId: string | null; idempotencyKey: string | null };

export const OWN_DOING: Cause = { requestId: null, idempotencyKey: null };

/** What an operation may do within its transaction: read, write, and tell the world by events. */
export type Ledger = Omit<ObjectStore, 'forget'> & {
	/** In seconds, as all of Stripe's times. */
	now: number;
	/** Where the hosted pages are. */
	pagesUrl: string;
	/** What becomes of those that are not paid. */
	renewals: RenewalSwitches;
	/** Writes an object and records what happened to it. With `before`, what it was, only when it differs from that. */
	record: <T extends Stored>(type: EventType, object: T, before?: T) => T;
};

export function createLedger(
	objects: ObjectStore,
	{
		cause,
		now,
		pagesUrl,
		renewals,
		send,
	}: Pick<Ledger, 'now' | 'pagesUrl' | 'renewals'> & { cause: Cause; send: (event: Event) => void },
): Ledger {
	return {
		...objects,
		now,
		pagesUrl,
		renewals,
		record: (type, object, before) => {
			objects.put(object);
			const previous = before === undefined ? undefined : previousAttributes(before, object);
			if (previous !== undefined && Object.keys(previous).length === 0) return object;
			const event: Event = {
				id: newId('evt'),
				object: 'event',
				api_version: API_VERSION,
				created: now,
				data: { object, ...(previous === undefined ? {} : { previous_attributes: previous }) },
				livemode: false,
				pending_webhooks: 1,
				request: { id: cause.requestId, idempotency_key: cause.idempotencyKey },
				type,
			};
			objects.put(event);
			send(event);
			return object;
		},
	};
}
