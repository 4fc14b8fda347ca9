import { receiveStripeEvent } from '@creatorr/contracts/billing';
import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import { defineRoute } from '@creatorr/service/route';
import { countEvent } from '../billing-metrics.ts';
import type { EventStore } from '../domain/stores.ts';
import type { SignedEvent } from '../stripe/verify-event.ts';

interface ReceiveDeps {
	/** Throws `validation` for what Stripe did not send just now. */
	verifyEvent(body: Buffer, signature: string | undefined): SignedEvent;
	customerOfEvent(type: string, object: unknown): string | null;
	events: EventStore;
	logger: Logger;
}

/** Answered once the event is safe here; it is applied right after, and again after whatever happens meanwhile. */
export function receiveStripeEventRoute(deps: ReceiveDeps) {
	return defineRoute(receiveStripeEvent, async ({ rawBody, header }) => {
		const event = verified(deps, rawBody as Buffer, header('stripe-signature'));
		const { id, type } = event;
		const customer = deps.customerOfEvent(type, event.object);
		const summary = { id, type, customer };
		const isNew = await deps.events.record(
			{ id, type, payload: event.payload ?? summary, summary },
			customer,
		);
		crashPoint('billing.event.recorded');
		countEvent(isNew ? 'new' : 'repeated');
		deps.logger.info('stripe_event.received', { stripe_event: id, stripe_event_type: type, is_new: isNew });
		return { data: { received: true as const } };
	});
}

function verified(deps: ReceiveDeps, body: Buffer, signature: string | undefined) {
	try {
		return deps.verifyEvent(body, signature);
	} catch (error) {
		countEvent('refused');
		throw error;
	}
}
