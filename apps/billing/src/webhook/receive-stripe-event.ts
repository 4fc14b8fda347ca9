import { receiveStripeEvent } from '@creatorr/contracts/billing';
import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import { counter } from '@creatorr/service/metrics';
import { defineRoute } from '@creatorr/service/route';
import type { Database } from '../database.sql.ts';
import { type SignedEvent, verifyEvent } from '../stripe/verify-event.ts';
import { customerOfEvent } from './event-types.ts';
import { recordEvent } from './stripe-events.sql.ts';

interface ReceiveDeps {
	prisma: Database;
	/** A delivery is authentic if one of them signed it. */
	webhookSecrets: readonly string[];
	logger: Logger;
}

const receivedEvents = counter({
	name: 'creatorr_stripe_events_total',
	help: 'Webhook events received, by outcome: new, repeated, refused (signature invalid or too old)',
	labels: ['outcome'],
});

/** Responds when the event is recorded. The event is applied afterwards, and again later if this process or Stripe fails. */
export function receiveStripeEventRoute({ prisma, webhookSecrets, logger }: ReceiveDeps) {
	return defineRoute(receiveStripeEvent, async ({ rawBody, header }) => {
		const { id, type, object, payload } = verifyAndCount(
			rawBody as Buffer,
			header('stripe-signature'),
			webhookSecrets,
		);
		const stripeCustomerId = customerOfEvent(type, object);
		const summary = { id, type, customer: stripeCustomerId };
		const event = { id, type, stripeCustomerId, payload: payload ?? summary, summary };
		const isNew = await recordEvent(prisma, event);
		crashPoint('billing.event.recorded');
		receivedEvents.inc({ outcome: isNew ? 'new' : 'repeated' });
		logger.info('stripe_event.received', { stripe_event: id, stripe_event_type: type, is_new: isNew });
		return { data: { received: true as const } };
	});
}

/** Returns the event of an authentic delivery and counts it. Throws `validation` for others. */
function verifyAndCount(
	body: Buffer,
	signature: string | undefined,
	secrets: readonly string[],
): SignedEvent {
	try {
		return verifyEvent(body, signature, secrets);
	} catch (error) {
		receivedEvents.inc({ outcome: 'refused' });
		throw error;
	}
}
