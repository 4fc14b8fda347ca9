import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../testing/local-stripe.ts';
import { startWorld, subscribe, type World, waitForPlan } from '../testing/world.ts';

const PROGRAM = fileURLToPath(new URL('../main.ts', import.meta.url));

let world: World;
let directory: string;
beforeAll(async () => {
	[world, directory] = await Promise.all([startWorld(), mkdtemp(join(tmpdir(), 'billing-'))]);
}, 120_000);
afterAll(async () => {
	await world?.stop();
	await rm(directory, { recursive: true });
});

/** Starts the service as a process that kills itself at the first pass of the crash point. */
async function startCrashing(point: string) {
	const [port, order] = [await freePort(), join(directory, 'order.json')];
	await writeFile(order, JSON.stringify({ id: randomUUID(), point, hit: 1 }));
	const child = spawn(process.execPath, ['--conditions=crash-test', PROGRAM], {
		stdio: 'ignore',
		env: { ...world.env, PORT: String(port), HOST: '127.0.0.1', LOG_LEVEL: 'error', CRASH_ORDER_FILE: order },
	});
	const url = `http://127.0.0.1:${port}`;
	await waitFor(async () => {
		if (!(await fetch(`${url}/health/ready`)).ok) throw new Error('not ready');
	}, 60_000);
	return { url, child };
}

async function untilKilled(child: ChildProcess): Promise<void> {
	if (child.signalCode === null) await once(child, 'exit');
	expect(child.signalCode).toBe('SIGKILL');
}

test('an event whose process is killed after recording it is applied by the next process', async () => {
	const user = world.user();
	const subscription = await subscribe(world, user);
	await world.stopReplicas();
	const crashing = await startCrashing('billing.event.recorded');
	await world.deliverTo(crashing.url);
	await world.stripe.control('/switches', { webhooks: { paused: true } });
	await world.stripe.api.subscriptions.cancel(subscription);
	// Keeps it from being applied before the process is killed.
	await world.stripe.control('/switches', { api: { down: 'refuse' }, webhooks: { paused: false } });
	await untilKilled(crashing.child);
	await world.stripe.control('/switches', { api: { down: false }, webhooks: { drop: 1 } });
	const waiting = await world.prisma.stripeEvent.findMany({ where: { userId: user.id, appliedAt: null } });
	expect(waiting.map(({ type }) => type)).toEqual(['customer.subscription.deleted']);
	expect(world.planChangesOf(user.id).at(-1)?.plan).toBe('pro');
	const replica = await world.startReplica();
	try {
		await waitFor(() =>
			expect(world.planChangesOf(user.id).at(-1)).toMatchObject({ plan: 'free', version: 2 }),
		);
		await waitForPlan(user.at(replica.url), 'free');
	} finally {
		await replica.stop();
	}
}, 180_000);
