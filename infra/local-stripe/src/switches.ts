import { z } from 'zod';

const milliseconds = z.int().min(0).max(86_400_000);

/** Faults of the deliveries to the webhook. */
const webhookSwitches = z.strictObject({
	/** Where events go. */
	url: z.url(),
	/** How many times each event is delivered. */
	copies: z.int().min(0).max(1000),
	/** Each delivery waits up to so long, at random, so that they overtake each other. */
	shuffle_ms: milliseconds,
	/** The share of deliveries that are never sent. */
	drop: z.number().min(0).max(1),
	/** Whether deliveries wait until this is off again. */
	paused: z.boolean(),
});

/** Faults of the API. */
const apiSwitches = z.strictObject({
	/** Whether requests receive 503, or their connections are closed. */
	down: z.literal([false, 'unavailable', 'refuse']),
	/** How long each request waits before it is executed. */
	delay_ms: milliseconds,
	/** How many of the next requests are executed, with their connection closed instead of a response. */
	drop_responses: z.int().min(0),
});

/** The account's settings for unpaid renewals. */
const renewalSwitches = z.strictObject({
	/** What happens to a subscription when the last attempt fails. */
	after_last_failure: z.enum(['cancel', 'mark_unpaid', 'leave_past_due']),
});

export const switchChanges = z.strictObject({
	webhooks: webhookSwitches.partial().default({}),
	api: apiSwitches.partial().default({}),
	renewals: renewalSwitches.partial().default({}),
});

export type WebhookSwitches = z.infer<typeof webhookSwitches>;
export type Switches = {
	webhooks: WebhookSwitches;
	api: z.infer<typeof apiSwitches>;
	renewals: z.infer<typeof renewalSwitches>;
};

export function createSwitches(webhookUrl: string): Switches {
	return {
		webhooks: { url: webhookUrl, copies: 1, shuffle_ms: 0, drop: 0, paused: false },
		api: { down: false, delay_ms: 0, drop_responses: 0 },
		renewals: { after_last_failure: 'cancel' },
	};
}
