import { defineTask } from '@creatorr/service/task';
import type { Deps } from '../deps.ts';
import { DELIVERY_CHANNEL } from '../events/record-event.sql.ts';

/** Starts the attempts of due deliveries. */
export const sendDeliveries = defineTask<Pick<Deps, 'sender'>>({
	name: 'send_deliveries',
	everyMs: ({ sender }) => sender.nextClaimMs(),
	on: [DELIVERY_CHANNEL],
	run: ({ sender }, stopping) => sender.sendDue(stopping),
});
