import type { Event } from '../objects/wire.ts';
import type { Deliveries, Delivery } from '../state/deliveries.ts';
import type { WebhookSwitches } from '../switches.ts';
import { backoffMs, GIVE_UP_AFTER_MS } from './backoff.ts';
import type { Attempt } from './post-event.ts';

const AT_ONCE = 16;

export type Dispatcher = {
	/** Plans the deliveries of an event; within the transaction that records it. */
	enqueue: (event: Event) => void;
	/** Sends what is due; called after something was planned or a switch was turned. */
	wake: () => void;
	/** Resolves when nothing is being sent and nothing is due. */
	idle: () => Promise<void>;
	/** Sends nothing more; what is unfinished is sent after the next start. */
	stop: () => Promise<void>;
};

/** Takes events to the webhook: in no promised order, again and again until it answers 2xx, for three days. */
export function createDispatcher(
	deliveries: Deliveries,
	switches: WebhookSwitches,
	post: (event: string) => Promise<Attempt>,
): Dispatcher {
	const sending = new Map<number, Promise<void>>();
	let timer: NodeJS.Timeout | undefined;
	let isStopped = false;

	const send = async (delivery: Delivery): Promise<void> => {
		const { isDelivered, outcome } = await post(delivery.event);
		if (isStopped && !isDelivered) return;
		const attempts = delivery.attempts + 1;
		const due = Date.now() + (isDelivered ? 0 : backoffMs(attempts));
		const isHopeless = due - delivery.first_due > GIVE_UP_AFTER_MS;
		const state = isDelivered ? 'delivered' : isHopeless ? 'failed' : 'pending';
		deliveries.update(delivery.id, { state, attempts, due, outcome });
	};
	const wake = (): void => {
		clearTimeout(timer);
		if (isStopped || switches.paused) return;
		for (const delivery of deliveries.pending(2 * AT_ONCE)) {
			if (sending.has(delivery.id)) continue;
			if (sending.size >= AT_ONCE) return;
			const wait = delivery.due - Date.now();
			if (wait > 0) {
				timer = setTimeout(wake, wait);
				return;
			}
			const sent = send(delivery).finally(() => {
				sending.delete(delivery.id);
				wake();
			});
			sending.set(delivery.id, sent);
		}
	};
	return {
		enqueue: ({ id, type }) => {
			if (!switches.enabled_events.some((enabled) => enabled === '*' || enabled === type)) return;
			for (let copy = 0; copy < switches.copies; copy += 1) {
				if (Math.random() < switches.drop) continue;
				const wait = switches.delay_ms + Math.random() * switches.shuffle_ms;
				deliveries.add(id, Math.round(Date.now() + wait));
			}
		},
		wake,
		idle: async () => {
			while (sending.size > 0) await Promise.all(sending.values());
		},
		stop: async () => {
			isStopped = true;
			clearTimeout(timer);
			await Promise.all(sending.values());
		},
	};
}
