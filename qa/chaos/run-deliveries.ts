import { setTimeout as sleep } from 'node:timers/promises';
import type { Person } from '../driver/client.ts';
import { pidOf } from '../driver/processes.ts';
import { audit } from './audit/audit.ts';
import { Ledger } from './ledger.ts';
import { Actions } from './load/actions.ts';
import { type Receiver, startReceiver } from './load/receiver.ts';

const USERS = 10;
const ENDPOINTS_PER_USER = 10;
const ROUNDS = 3;
const TARGETS = ['webhooks', 'rabbitmq', 'receiver', 'postgres'] as const;
/** Longer than each of them takes to start. */
const KILL_EVERY_MS = 8_000;
const RECEIVER_AWAY_MS = 3_000;
/** Jobs that were accepted while everything starts again. */
const LOAD_END_MS = 120_000;
/** The lease of an attempt whose process was killed, and retries. */
const SETTLE_MS = 240_000;

/**
 * Ends jobs, whose events go to ten endpoints each, while webhooks, RabbitMQ, the receiver and Postgres are killed one after the other. Then
 * audits that the end of every job has reached every endpoint of its user, as one event.
 * @param count of deliveries, rounded up to hundreds
 */
export async function runDeliveries(count: number, say: (line: string) => void) {
	const ledger = new Ledger();
	const receiver = await startReceiver(ledger);
	const givenUp = new AbortController();
	const actions = new Actions(ledger, givenUp.signal);
	const people = await Promise.all(Array.from({ length: USERS }, () => actions.register()));
	await Promise.all(people.map((person) => createEndpoints(actions, person, receiver)));
	say(`${ledger.endpoints.length} endpoints; ${count} deliveries follow`);
	const jobsPerUser = Math.ceil(count / (USERS * ENDPOINTS_PER_USER));
	const ending = people.map((person) => endJobs(actions, person, jobsPerUser));
	await killInTurn(receiver, say);
	const timer = setTimeout(() => givenUp.abort(), LOAD_END_MS);
	await Promise.all(ending);
	clearTimeout(timer);
	say(`${ledger.jobs.size} jobs ended; waiting for their events`);
	const audited = await audit(ledger, SETTLE_MS);
	receiver.stop();
	return { kills: ROUNDS * TARGETS.length, ...audited };
}

async function createEndpoints(actions: Actions, person: Person, { url }: Receiver): Promise<void> {
	for (let number = 1; number <= ENDPOINTS_PER_USER; number += 1) {
		const own = `${url}/${person.id}/${number}`;
		await actions.createWebhook(person, own);
		actions.ledger.endpoints.push({ userId: person.id, path: new URL(own).pathname });
	}
}

/** Creates jobs during all kills, and cancels each. */
async function endJobs(actions: Actions, person: Person, jobs: number): Promise<void> {
	const pauseMs = (ROUNDS * TARGETS.length * KILL_EVERY_MS) / jobs;
	const inputFileId = await actions.uploadSample(person, 'compress_heavy');
	for (let number = 0; number < jobs; number += 1) {
		const job = await actions.createJob(person, 'compress_heavy', { inputFileId });
		await actions.cancelJob(job);
		await sleep(pauseMs * (0.5 + Math.random()));
	}
}

async function killInTurn(receiver: Receiver, say: (line: string) => void): Promise<void> {
	for (let round = 0; round < ROUNDS; round += 1) {
		for (const target of TARGETS) {
			await sleep(KILL_EVERY_MS);
			say(`kill ${target}`);
			if (target === 'receiver') await receiver.kill(RECEIVER_AWAY_MS);
			else process.kill(await pidOf(target), 'SIGKILL');
		}
	}
}
