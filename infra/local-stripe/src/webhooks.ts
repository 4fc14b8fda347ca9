import { createHmac } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { WebhookSwitches } from './switches.ts';

const CONCURRENCY = 16;
/** How long Stripe waits for a response. */
const TIMEOUT_MS = 20_000;
/** Stripe's pauses between attempts grow to hours; these are shorter. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** How long Stripe retries a delivery. */
const GIVE_UP_AFTER_MS = 3 * 24 * 60 * 60 * 1000;

/** The delivery of an event; times in milliseconds since 1970. */
type Delivery = { id: number; event: string; attempts: number; due: number; first_due: number };

/** Delivers events to the webhook, in no promised order, with retries for 3 days until it answers 2xx. */
export function createWebhooks(database: DatabaseSync, switches: WebhookSwitches, secret: string) {
	const sending = new Map<number, Promise<void>>();
	const stop = new AbortController();
	let timer: NodeJS.Timeout | undefined;

	/** Sends an event now, without a planned delivery. Resolves to whether it was accepted. */
	const post = async (event: string): Promise<boolean> => {
		const row = database.prepare("SELECT body FROM objects WHERE kind = 'event' AND id = ?").get(event);
		const body = JSON.stringify(JSON.parse(String(row?.body)), null, 2);
		const headers = {
			'content-type': 'application/json; charset=utf-8',
			'stripe-signature': signatureOf(body, secret),
		};
		const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(TIMEOUT_MS)]);
		const request = { method: 'POST', headers, body, redirect: 'manual', signal } as const;
		try {
			const response = await fetch(switches.url, request);
			await response.body?.cancel();
			return response.ok;
		} catch {
			return false;
		}
	};

	const send = async (delivery: Delivery): Promise<void> => {
		const isDelivered = await post(delivery.event);
		if (stop.signal.aborted && !isDelivered) return;
		const attempts = delivery.attempts + 1;
		const due = Date.now() + Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1));
		if (isDelivered || due - delivery.first_due > GIVE_UP_AFTER_MS) {
			database.prepare('DELETE FROM deliveries WHERE id = ?').run(delivery.id);
		} else {
			const update = database.prepare('UPDATE deliveries SET attempts = ?, due = ? WHERE id = ?');
			update.run(attempts, due, delivery.id);
		}
	};

	/** Sends what is due. Call it after planning a delivery and after changing a switch. */
	const wake = (): void => {
		clearTimeout(timer);
		if (stop.signal.aborted || switches.paused) return;
		const pending = database
			.prepare("SELECT * FROM deliveries WHERE state = 'pending' ORDER BY due, id LIMIT ?")
			.all(2 * CONCURRENCY) as unknown as Delivery[];
		for (const delivery of pending.filter(({ id }) => !sending.has(id))) {
			if (sending.size >= CONCURRENCY) return;
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
		post,
		wake,
		/** Plans the deliveries of an event, within the transaction that records it. */
		plan: (event: string): void => {
			const insert = database.prepare(
				"INSERT INTO deliveries (event, state, attempts, due, first_due) VALUES (?, 'pending', 0, ?, ?)",
			);
			for (let copy = 0; copy < switches.copies; copy += 1) {
				if (Math.random() < switches.drop) continue;
				const due = Math.round(Date.now() + Math.random() * switches.shuffle_ms);
				insert.run(event, due, due);
			}
		},
		/** Stops sending. Unfinished deliveries continue after the next start. */
		stop: async (): Promise<void> => {
			stop.abort();
			clearTimeout(timer);
			await Promise.all(sending.values());
		},
	};
}

/** Signs as Stripe does. In test mode it adds a signature of another scheme, `v0`, which receivers have to ignore. */
function signatureOf(body: string, secret: string): string {
	const time = Math.floor(Date.now() / 1000);
	const sign = (key: string): string => createHmac('sha256', key).update(`${time}.${body}`).digest('hex');
	return `t=${time},v1=${sign(secret)},v0=${sign(`test-${secret}`)}`;
}
