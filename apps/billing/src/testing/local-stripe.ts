import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@creatorr/testing/wait-for';
import Stripe from 'stripe';

const PROGRAM = fileURLToPath(new URL('../../../../infra/local-stripe/src/main.ts', import.meta.url));

/** Starting a process takes long on a busy machine. */
const READY_WITHIN_MS = 60_000;

export type LocalStripe = Awaited<ReturnType<typeof startLocalStripe>>;

/** Starts the local Stripe as a process. It delivers no events until it has a destination. */
export async function startLocalStripe() {
	const directory = await mkdtemp(join(tmpdir(), 'stripe-'));
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	const secretKey = `sk_test_${randomBytes(12).toString('hex')}`;
	const webhookSecret = `whsec_${randomBytes(12).toString('hex')}`;
	const child = spawn(process.execPath, [PROGRAM], {
		stdio: ['ignore', 'ignore', 'inherit'],
		env: {
			PORT: String(port),
			STATE_FILE: join(directory, 'state.json'),
			SECRET_KEY: secretKey,
			WEBHOOK_SECRET: webhookSecret,
			WEBHOOK_URL: 'http://127.0.0.1:9/nowhere',
		},
	});
	const ready = waitFor(async () => {
		if (!(await fetch(`${url}/_control/health`)).ok) throw new Error('not ready');
	}, READY_WITHIN_MS);
	await ready.catch(async (error: unknown) => {
		await end(child);
		throw error;
	});
	const prices = { monthly: 'price_1LocalCreatorrProMonthly', yearly: 'price_1LocalCreatorrProYearly0' };
	return {
		url,
		secretKey,
		webhookSecret,
		prices,
		api: new Stripe(secretKey, { protocol: 'http', host: '127.0.0.1', port, maxNetworkRetries: 0 }),
		/** Sends a request to its control API. */
		async control(path: string, body?: object) {
			const response = await fetch(`${url}/_control${path}`, {
				method: body ? 'POST' : 'GET',
				headers: { 'content-type': 'application/json', authorization: `Bearer ${secretKey}` },
				...(body ? { body: JSON.stringify(body) } : {}),
			});
			// biome-ignore lint/suspicious/noExplicitAny: tests inspect arbitrary responses
			const reply: any = await response.json();
			if (!response.ok) throw new Error(`${path} answered ${JSON.stringify(reply)}`);
			return reply;
		},
		async stop() {
			await end(child);
			await rm(directory, { recursive: true });
		},
	};
}

async function end(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	child.kill('SIGKILL');
	await once(child, 'close');
}

/** Returns a free port. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address();
	server.close();
	await once(server, 'close');
	if (address === null || typeof address === 'string') throw new Error('no port');
	return address.port;
}
