import { describe, expect, test } from '@jest/globals';
import {
	BASE_URL,
	call,
	newPerson,
	PASSWORD,
	type Person,
	SECOND_BASE_URL,
	signIn,
} from '../driver/client.ts';
import { queryDatabase } from '../driver/database.ts';
import { startJob, uploadFile } from '../driver/flow.ts';
import { makePdf } from '../driver/pdf.ts';
import { eventually } from '../driver/processes.ts';
import { operate } from './support/operator.ts';

const GATEWAYS = [BASE_URL, SECOND_BASE_URL];
const KNOWN_WITHIN_MS = 30_000;
const WHY = ['--reason', 'so that it is tried', '--by', 'ada'];

/** Long enough to be running when its user is suspended. */
const LONG_PDF = makePdf({ pages: 150 });

const statusOf = async (token: string, base: string) => (await call('GET', '/v1/me', { token, base })).status;
const login = (email: string) => call('POST', '/v1/auth/login', { body: { email, password: PASSWORD } });

async function jobStatus(id: string): Promise<string | undefined> {
	const rows = await queryDatabase<{ status: string }>('jobs', 'SELECT status FROM jobs WHERE id = $1', [id]);
	return rows[0]?.status;
}

async function actsOf(owner: 'auth' | 'billing' | 'jobs', userId: string): Promise<object[]> {
	const [table, what] = owner === 'auth' ? ['security_events', 'kind'] : ['operator_actions', 'action'];
	return await queryDatabase(
		owner,
		`SELECT ${what} AS act, operator, reason FROM ${table} WHERE user_id = $1 AND operator IS NOT NULL ORDER BY id`,
		[userId],
	);
}

const kept = (act: string) => ({ act, operator: 'ada', reason: 'so that it is tried' });

describe('a user whom an operator suspends', () => {
	test('is signed out everywhere when the command returns, and can sign in after another command', async () => {
		const person = await newPerson();
		const tokens = [person.token, await signIn(person.email)];
		for (const token of tokens) for (const base of GATEWAYS) expect(await statusOf(token, base)).toBe(200);
		const input = await uploadFile(person.token, LONG_PDF);
		const jobId = await startJob(person.token, input, { tool: 'ocr' });
		const streams = GATEWAYS.map((base) =>
			fetch(`${base}/v1/jobs/${jobId}/events`, { headers: { authorization: `Bearer ${person.token}` } }),
		);
		const ends = (await Promise.all(streams)).map((stream) => stream.text().catch(() => 'cut'));

		expect(await operate('admin', 'suspend', person.email, ...WHY)).toMatchObject({ sessions_ended: 2 });
		for (const token of tokens) for (const base of GATEWAYS) expect(await statusOf(token, base)).toBe(401);
		await Promise.all(ends);
		const refused = await login(person.email);
		expect([refused.status, refused.body.error.code]).toEqual([401, 'invalid_credentials']);

		expect(['queued', 'running']).toContain(await jobStatus(jobId));
		const canceled = await operate('admin', 'cancel-jobs', person.email, ...WHY);
		expect(canceled).toEqual({ user_id: person.id, jobs_canceled: 1 });
		expect(await jobStatus(jobId)).toBe('canceled');

		await operate('admin', 'unsuspend', person.id, ...WHY);
		expect((await login(person.email)).status).toBe(200);
		expect(await statusOf(person.token, BASE_URL)).toBe(401);
		expect(await actsOf('auth', person.id)).toEqual([
			kept('account_suspended'),
			{ act: 'account_viewed', operator: 'ada', reason: null },
			kept('account_unsuspended'),
		]);
		expect(await actsOf('jobs', person.id)).toEqual([kept('jobs_canceled')]);
	});
});

test('an operator finds a user and a job, but no credentials', async () => {
	const person = await newPerson();
	const jobId = await startJob(person.token, await uploadFile(person.token, makePdf()));
	const user = await operate('admin', 'user', person.email, '--by', 'ada');
	expect(user).toMatchObject({
		id: person.id,
		email: person.email,
		sessions: [expect.anything()],
		billing: {
			plan: 'free',
			usage: expect.arrayContaining([expect.objectContaining({ name: 'active_jobs' })]),
		},
		jobs: { last_jobs: [{ id: jobId }] },
		webhooks: { endpoints: [] },
	});
	expect(JSON.stringify(user)).not.toMatch(/\$2b\$|eyJ/);
	const job = await operate('admin', 'job', jobId, '--by', 'ada');
	expect(job).toMatchObject({ id: jobId, user_id: person.id, tool: 'compress_heavy' });
	const typo = `usr_${'0'.repeat(26)}`;
	await expect(operate('admin', 'cancel-jobs', typo, ...WHY)).rejects.toMatchObject({ code: 1 });
	expect(await actsOf('jobs', typo)).toEqual([]);
});

/** Returns the user's plan as each service has it. */
async function plansOf({ token, id }: Person): Promise<unknown[]> {
	const shown = await Promise.all(
		GATEWAYS.map(async (base) => (await call('GET', '/v1/me', { token, base })).body.data.plan),
	);
	const usage = (await call('GET', '/v1/usage', { token })).body.data.plan;
	const files = (await call('GET', '/v1/files', { token })).body.data[0].storage_tier;
	const [account] = await queryDatabase<{ plan: string }>(
		'jobs',
		'SELECT plan FROM accounts WHERE user_id = $1',
		[id],
	);
	return [...shown, usage, files, account?.plan ?? 'free'];
}

async function untilPlan(person: Person, expected: string[]): Promise<void> {
	const isSo = async () => JSON.stringify(await plansOf(person)) === JSON.stringify(expected);
	await eventually(isSo, KNOWN_WITHIN_MS, `not everybody knows of ${expected}`);
}

test('a plan that an operator grants applies everywhere until it ends', async () => {
	const person = await newPerson();
	await uploadFile(person.token, makePdf());
	await operate('admin', 'grant', person.email, 'pro', '--until', '2099-12-31', ...WHY);
	await untilPlan(person, ['pro', 'pro', 'pro', 'standard', 'pro']);
	// Lets the grant expire.
	await queryDatabase(
		'billing',
		`UPDATE customers SET pro_granted_until = now() - interval '1 s', sync_at = now() WHERE user_id = $1`,
		[person.id],
	);
	await untilPlan(person, ['free', 'free', 'free', 'ephemeral', 'free']);
	expect(await actsOf('billing', person.id)).toEqual([kept('pro_granted')]);
});

test('an event that a service could not handle is listed and can be replayed', async () => {
	const person = await newPerson();
	const poison = `poison_${person.id.toLowerCase()}`;
	await queryDatabase(
		'jobs',
		`ALTER TABLE accounts ADD CONSTRAINT ${poison} CHECK (user_id <> '${person.id}')`,
	);
	try {
		await operate('admin', 'grant', person.id, 'pro', '--until', '2099-12-31', ...WHY);
		let letter: { id: string } | undefined;
		const isFound = async () => {
			const { dead_letters } = await operate('dlq', 'list');
			letter = dead_letters.find(
				({ source_queue }: { source_queue: string }) => source_queue === 'jobs.plan-changed',
			);
			return letter !== undefined;
		};
		await eventually(isFound, KNOWN_WITHIN_MS, 'no dead letter');
		expect(letter).toMatchObject({ type: 'plan.changed', replay: 'needed', request_id: expect.any(String) });
		await queryDatabase('jobs', `ALTER TABLE accounts DROP CONSTRAINT ${poison}`);
		const { replayed } = await operate('dlq', 'replay', String(letter?.id));
		expect(replayed).toEqual([{ id: letter?.id, type: 'plan.changed' }]);
		const isPro = async () =>
			(await queryDatabase('jobs', `SELECT 1 FROM accounts WHERE user_id = $1 AND plan = 'pro'`, [person.id]))
				.length > 0;
		await eventually(isPro, KNOWN_WITHIN_MS, 'jobs has not heard of it');
		expect(await isFound()).toBe(false);
	} finally {
		await queryDatabase('jobs', `ALTER TABLE accounts DROP CONSTRAINT IF EXISTS ${poison}`);
	}
});
