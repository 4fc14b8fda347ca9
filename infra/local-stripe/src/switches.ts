import type { EventType } from './objects/wire.ts';

/** How deliveries to the webhook misbehave. */
export type WebhookSwitches = {
	/** Where events go. */
	url: string;
	/** The events that are delivered, as an endpoint at Stripe is set up; `*` for all. */
	enabled_events: (EventType | '*')[];
	/** How many times each event is delivered. */
	copies: number;
	/** How long each delivery waits before it is sent. */
	delay_ms: number;
	/** Each delivery waits up to so much longer, at random, so that they overtake each other. */
	shuffle_ms: number;
	/** The share of deliveries that are never sent, from 0 to 1. */
	drop: number;
	/** Whether deliveries wait until this is off again. */
	paused: boolean;
};

/** How the API misbehaves. */
export type ApiSwitches = {
	/** Every request is answered 503, or its connection is cut. */
	down: false | 'unavailable' | 'refuse';
	/** How long each request waits before it is executed. */
	delay_ms: number;
	/** So many of the next requests are executed, and their connection is cut instead of an answer. */
	lose_answers: number;
};

/** What an account at Stripe is set up to do with renewals that are not paid. */
export type RenewalSwitches = {
	/** What becomes of a subscription when the last attempt has failed. */
	after_last_failure: 'cancel' | 'mark_unpaid' | 'leave_past_due';
};

export type Switches = { webhooks: WebhookSwitches; api: ApiSwitches; renewals: RenewalSwitches };

export function createSwitches(webhookUrl: string): Switches {
	return {
		webhooks: {
			url: webhookUrl,
			enabled_events: [
				'checkout.session.completed',
				'checkout.session.expired',
				'customer.subscription.created',
				'customer.subscription.updated',
				'customer.subscription.deleted',
				'invoice.paid',
				'invoice.payment_failed',
			],
			copies: 1,
			delay_ms: 0,
			shuffle_ms: 0,
			drop: 0,
			paused: false,
		},
		api: { down: false, delay_ms: 0, lose_answers: 0 },
		renewals: { after_last_failure: 'cancel' },
	};
}
