import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { payOnPage } from '../../driver/billing.ts';
import { newEmail, PASSWORD, type Person } from '../../driver/client.ts';
import { createFlow } from '../../driver/create-flow.ts';
import { askStripe } from '../../driver/local-stripe.ts';
import type { AcceptedJob, Ledger } from '../ledger.ts';
import { type Client, createClient } from './client.ts';
import { SAMPLES, type Sample } from './samples.ts';

/** Longer than it takes to revoke a session or a key: two push timeouts and the rest of a lease. */
export const REVOCATION_TIMEOUT_MS = 25_000;
/** Stripe repeats an event later and later. The audit finds plans that change later than this. */
const PLAN_SHOWN_WITHIN_MS = 10_000;
type SampleName = keyof typeof SAMPLES;

/** Only a conversion accepts a password that its input doesn't need. */
const SECRET = { user_password: 'opens the copy' };

/** Actions of users. Each repeats its request until there is a response, and the ledger records accepted requests. */
export class Actions {
	readonly ledger: Ledger;
	/** Aborts when no client waits for answers anymore. */
	readonly givenUp: AbortSignal;
	readonly #client: Client;
	readonly #flow: ReturnType<typeof createFlow>;

	constructor(ledger: Ledger, givenUp: AbortSignal) {
		this.ledger = ledger;
		this.givenUp = givenUp;
		this.#client = createClient(ledger, givenUp);
		this.#flow = createFlow(this.#client);
	}

	readonly ask: Client['ask'] = (...request) => this.#client.ask(...request);

	async login(email: string): Promise<string> {
		const body = { email, password: PASSWORD };
		return (await this.ask([200], 'POST', '/v1/auth/login', { body })).body.data.token;
	}

	/** Registers a new user. When the answer is lost, the repeated request is answered 409; then signing in must work. */
	async register(email = newEmail()): Promise<Person> {
		const body = { email, password: PASSWORD };
		const response = await this.ask([201, 409], 'POST', '/v1/auth/register', { body });
		const token = response.status === 201 ? response.body.data.token : await this.login(email);
		const me = await this.ask([200], 'GET', '/v1/me', { token });
		const person = { id: me.body.data.id, email, token };
		this.ledger.people.set(person.id, person);
		return person;
	}

	/**
	 * Signs out. Returns true for a 204: from then on every gateway rejects the token. A repeated request may get 401 from one
	 * gateway while the first one still waits for the lease of another.
	 */
	async signOut(token: string): Promise<boolean> {
		const options = { token, timeoutMs: REVOCATION_TIMEOUT_MS };
		const { status } = await this.ask([204, 401], 'POST', '/v1/auth/logout', options);
		if (status === 204) this.ledger.revoked.push(token);
		return status === 204;
	}

	async deleteAccount(person: Person): Promise<void> {
		const body = { password: PASSWORD };
		await this.ask([204, 401], 'DELETE', '/v1/me', { token: person.token, body });
		this.ledger.people.delete(person.id);
		this.ledger.deleted.set(person.id, person);
	}

	async upload(
		{ id: userId, token }: Person,
		{ bytes, ...options }: { bytes: Uint8Array; name?: string; mimeType?: string; multipart?: boolean },
	): Promise<string> {
		const id = await this.#flow.uploadFile(token, bytes, options);
		const { status } = (await this.ask([200], 'GET', `/v1/files/${id}`, { token })).body.data;
		if (status !== 'ready')
			this.ledger.violate('upload', `${id} is ${status} although the store has its bytes`);
		const sha256 = createHash('sha256').update(bytes).digest('hex');
		this.ledger.uploads.set(id, { id, userId, token, sha256, isDeleted: false });
		return id;
	}

	/** Deletes a file. A repeated request may be answered 404. */
	async deleteFile({ token }: Person, id: string): Promise<void> {
		await this.ask([204, 404], 'DELETE', `/v1/files/${id}`, { token });
		this.expectDeleted(id);
	}

	expectDeleted(id: string): void {
		const upload = this.ledger.uploads.get(id);
		if (upload) upload.isDeleted = true;
	}

	async uploadSample(person: Person, sample: SampleName): Promise<string> {
		const { make, mimeType }: Sample = SAMPLES[sample];
		return await this.upload(person, { name: `${sample}.in`, ...(mimeType && { mimeType }), bytes: make() });
	}

	/** Creates a job, on a new input unless one is given. Its idempotency key makes repeated requests create one job. */
	async createJob(
		person: Person,
		sample: SampleName,
		options: { inputFileId?: string; isSecret?: boolean } = {},
	): Promise<AcceptedJob> {
		const { id: userId, token } = person;
		const { tool, params, failsWith }: Sample = SAMPLES[sample];
		const inputFileId = options.inputFileId ?? (await this.uploadSample(person, sample));
		const request = { tool, params: { ...params, ...(options.isSecret && SECRET) }, key: randomUUID() };
		const id = await this.#flow.startJob(token, inputFileId, request);
		const state = { mayBeCanceled: false, isCanceled: false };
		const job: AcceptedJob = { id, userId, token, tool, inputFileId, failsWith, ...state };
		this.ledger.jobs.set(id, job);
		return job;
	}

	/** Waits until the job has ended; resolves to its status. Meanwhile it must not go back. */
	async awaitEnd({ id, token }: AcceptedJob): Promise<string> {
		let last = { status: 'queued', progress: 0 };
		const onJob = ({ status, progress }: typeof last) => {
			if (progress < last.progress || (last.status === 'running' && status === 'queued')) {
				const change = `from ${last.status} ${last.progress} to ${status} ${progress}`;
				this.ledger.violate('went back', `${id} ${change}`);
			}
			last = { status, progress };
		};
		return (await this.#flow.finishJob(token, id, Number.POSITIVE_INFINITY, onJob)).status;
	}

	/** Creates a webhook endpoint; resolves to its id. A repeated request may create a second one. */
	async createWebhook({ token }: Person, url: string): Promise<string> {
		const { body } = await this.ask([201], 'POST', '/v1/webhooks', { token, body: { url } });
		return body.data.id;
	}

	/** Sends test events to the endpoints of a user, and waits until they are delivered. */
	async sendTestEvents({ token }: Person, count: number): Promise<void> {
		const { body } = await this.ask([200], 'GET', '/v1/webhooks', { token });
		const [webhook] = body.data as { id: string }[];
		const path = `/v1/webhooks/${webhook?.id}`;
		const send = async () => {
			const test = await this.ask([202], 'POST', `${path}/test`, { token });
			const delivery = `${path}/deliveries/${test.body.data.delivery_id}`;
			for (let status = 'pending'; status === 'pending' && !this.givenUp.aborted; await sleep(200))
				status = (await this.ask([200], 'GET', delivery, { token })).body.data.status;
		};
		await Promise.all(Array.from({ length: count }, send));
	}

	async cancelJob(job: AcceptedJob): Promise<void> {
		job.mayBeCanceled = true;
		const { token } = job;
		const { status } = await this.ask([200, 409], 'POST', `/v1/jobs/${job.id}/cancel`, { token });
		if (status === 200) job.isCanceled = true;
	}

	/** Pays for Pro; resolves to whether the plan changes soon. */
	async subscribe(person: Person): Promise<boolean> {
		const options = { token: person.token, body: { cycle: 'monthly' } };
		const { body } = await this.ask([200], 'POST', '/v1/billing/checkout', options);
		this.ledger.payers.set(person.id, person);
		await this.#client.retry('the checkout page', async () => {
			const status = await payOnPage(body.data.url).catch(() => undefined);
			// 409: an earlier try has paid
			return status === 303 || status === 409 ? true : undefined;
		});
		return await this.#awaitPlan(person, 'pro');
	}

	/** Ends the subscription in Stripe, as its dashboard does; resolves to whether the plan changes soon. */
	async endSubscription(person: Person): Promise<boolean> {
		const end = async () => {
			const { data } = await askStripe('GET', '/v1/subscriptions?limit=100&status=active');
			for (const { id, metadata } of data)
				if (metadata.user_id === person.id) await askStripe('DELETE', `/v1/subscriptions/${id}`);
			return true;
		};
		await this.#client.retry('Stripe', () => end().catch(() => undefined));
		return await this.#awaitPlan(person, 'free');
	}

	async #awaitPlan({ token }: Person, plan: string): Promise<boolean> {
		for (const end = Date.now() + PLAN_SHOWN_WITHIN_MS; Date.now() < end; await sleep(200)) {
			const { body } = await this.ask([200], 'GET', '/v1/me', { token });
			if (body?.data?.plan === plan) return true;
		}
		return false;
	}
}
