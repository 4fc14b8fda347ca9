import type { EventEnvelope } from '@creatorr/contracts/events';
import { startTask } from '@creatorr/service/task';
import { expect, test } from '@jest/globals';
import { relayOutbox } from './outbox.ts';

const logger = { warn: () => undefined };

/** An outbox of `count` rows that the transaction of a batch reads and deletes. */
function outboxOf(count: number) {
	let rows = Array.from({ length: count }, (_, index) => ({ id: BigInt(index), payload: { id: index } }));
	const tx = {
		$queryRaw: async (_sql: TemplateStringsArray, limit: number) => rows.slice(0, limit),
		async $executeRaw(_sql: TemplateStringsArray, ids: bigint[]) {
			rows = rows.filter(({ id }) => !ids.includes(id));
			return ids.length;
		},
	};
	const prisma = { ...tx, $transaction: (work: (tx: unknown) => Promise<unknown>) => work(tx) };
	const add = () => rows.push({ id: BigInt(count), payload: { id: count } });
	return { prisma: prisma as never, add, left: () => rows.length };
}

async function waitUntil(condition: () => boolean): Promise<void> {
	while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('one run publishes every row in batches', async () => {
	const outbox = outboxOf(250);
	const published: EventEnvelope[] = [];
	const publish = async (event: EventEnvelope) => void published.push(event);
	await relayOutbox.run({ prisma: outbox.prisma, publish }, new AbortController().signal);
	expect([outbox.left(), published.length]).toEqual([0, 250]);
});

test('unconfirmed rows are published again without a wake', async () => {
	const outbox = outboxOf(1);
	let tries = 0;
	async function publish() {
		tries += 1;
		if (tries < 3) throw new Error('away');
	}
	const relay = startTask(relayOutbox, { deps: { prisma: outbox.prisma, publish }, logger });
	await waitUntil(() => outbox.left() === 0);
	await relay.stop();
	expect(tries).toBe(3);
});

test('a relay that stops publishes rows added since its last run', async () => {
	const outbox = outboxOf(1);
	const publish = async () => undefined;
	const relay = startTask(relayOutbox, { deps: { prisma: outbox.prisma, publish }, logger });
	await waitUntil(() => outbox.left() === 0);
	outbox.add();
	await relay.stop();
	expect(outbox.left()).toBe(0);
});

test('a relay stops while the broker is down', async () => {
	const outbox = outboxOf(1);
	const publish = () => Promise.reject(new Error('away'));
	const relay = startTask(relayOutbox, { deps: { prisma: outbox.prisma, publish }, logger });
	await relay.stop();
	expect(outbox.left()).toBe(1);
});
