import { defineTask } from '@creatorr/service/task';
import type { Deps } from '../deps.ts';
import { DELIVERY_CHANNEL } from '../events/record-event.sql.ts';

/** Finds retries that are due, and deliveries whose notification was lost. */
const POLL_MS = 1_000;

/** Starts the attempts of due deliveries. */
export const sendDeliveries = defineTask<Pick<Deps, 'sender'>>({
	name: 'send_deliveries',
	everyMs: POLL_MS,
	on: [DELIVERY_CHANNEL],
	run: ({ sender }, stopping) => sender.sendDue(stopping),
});
