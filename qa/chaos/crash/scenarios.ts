import { setTimeout as sleep } from 'node:timers/promises';
import { newEmail, PASSWORD, type Person } from '../../driver/client.ts';
import { queryDatabase } from '../../driver/database.ts';
import { mailedToken, VERIFY } from '../../driver/mails.ts';
import { pidOf } from '../../driver/processes.ts';
import { listStore, MARK_PREFIX, removeFromStore } from '../audit/store.ts';
import { type Actions, REVOCATION_TIMEOUT_MS } from '../load/actions.ts';
import { startReceiver } from '../load/receiver.ts';
import { randomFile, type SAMPLES } from '../load/samples.ts';
import type { CrashTarget } from './crash-targets.ts';
import { reconcileNow } from './reconcile-now.ts';

/** Work of one kind from its start to its end, whatever dies meanwhile. */
type Scenario = (actions: Actions, person: Person) => Promise<void>;

const PART_BYTES = 6 * 1024 ** 2;

const job =
	(sample: keyof typeof SAMPLES): Scenario =>
	async (actions, person) => {
		await actions.awaitEnd(await actions.createJob(person, sample));
	};

/** Acts on a job while it runs. */
const runningJob =
	(act: (actions: Actions, job: Awaited<ReturnType<Actions['createJob']>>) => Promise<void>): Scenario =>
	async (actions, person) => {
		const one = await actions.createJob(person, 'long');
		for (let status = 'queued'; status === 'queued'; ) {
			const response = await actions.ask([200], 'GET', `/v1/jobs/${one.id}?wait=5`, { token: one.token });
			status = response.body.data.status;
		}
		await act(actions, one);
		await actions.awaitEnd(one);
	};

const canceledJob = runningJob((actions, one) => actions.cancelJob(one));

/** One of the two workers has the job. */
const signalWorkers = (signal: NodeJS.Signals) =>
	runningJob(async () => {
		for (const worker of ['tool-worker', 'tool-worker-2']) process.kill(await pidOf(worker), signal);
	});

const upload: Scenario = async (actions, person) => {
	const id = await actions.upload(person, { ...randomFile(PART_BYTES), multipart: true });
	await actions.deleteFile(person, id);
	// Until its bytes are swept.
	await sleep(3_000);
};

const session: Scenario = async (actions, { email }) => {
	await actions.signOut(await actions.login(email));
};

/** A key that is changed, replaced, and revoked, and one that is reported as leaked. */
const apiKeys: Scenario = async ({ ask, ledger }, { token }) => {
	const options = { token, timeoutMs: REVOCATION_TIMEOUT_MS };
	const rights = { name: 'crash test', scopes: ['jobs:read'] };
	const { id, key } = (await ask([201], 'POST', '/v1/keys', { ...options, body: rights })).body.data;
	await ask([200], 'PATCH', `/v1/keys/${id}`, { ...options, body: { scopes: ['files:read'] } });
	const rotation = { ...options, body: { grace_seconds: 600 } };
	const replacement = (await ask([201], 'POST', `/v1/keys/${id}/rotate`, rotation)).body.data.key;
	await ask([204], 'DELETE', `/v1/keys/${id}`, options);
	const { timeoutMs } = options;
	await ask([204], 'POST', '/v1/keys/leaked', { timeoutMs, body: { key: replacement } });
	ledger.revoked.push(key, replacement);
};

const account: Scenario = async (actions) => {
	const person = await actions.register();
	await actions.createJob(person, 'compress_heavy');
	await actions.deleteAccount(person);
};

const subscriber =
	(end: 'endSubscription' | 'deleteAccount'): Scenario =>
	async (actions) => {
		const person = await actions.register();
		await actions.subscribe(person);
		await actions[end](person);
	};

/** Resolves once no mail to this address is queued. */
export async function untilMailed(email: string, givenUp: AbortSignal): Promise<void> {
	const queued = () => queryDatabase('auth', 'SELECT 1 FROM mails WHERE email = $1', [email]);
	while ((await queued()).length > 0 && !givenUp.aborted) await sleep(500);
}

/** When its sender dies, a mail is sent two minutes later, when the claim expires. */
const MAIL_MS = 240_000;

const mail: Scenario = async ({ ask, givenUp }) => {
	const email = newEmail();
	await ask([201, 409], 'POST', '/v1/auth/register', { body: { email, password: PASSWORD } });
	const token = await mailedToken(email, VERIFY, 1, MAIL_MS);
	await ask([204], 'POST', '/v1/auth/verify', { body: { token, password: PASSWORD } });
	await untilMailed(email, givenUp);
};

/** Reconciliation finds a file whose bytes have vanished. */
const lostBytes: Scenario = async (actions, person) => {
	const id = await actions.upload(person, randomFile(100));
	const sql = 'SELECT storage_key FROM files WHERE id = $1';
	const [row] = await queryDatabase<{ storage_key: string }>('files', sql, [id]);
	await removeFromStore(row?.storage_key ?? '');
	await reconcileNow(actions.givenUp);
	actions.expectDeleted(id);
};

/** The first reconciliation marks the bucket. */
const unmarkedBucket: Scenario = async ({ givenUp }) => {
	const { objects } = await listStore();
	await queryDatabase('files', 'UPDATE bucket_marks SET marked_at = NULL');
	for (const key of objects.keys()) if (key.startsWith(MARK_PREFIX)) await removeFromStore(key);
	await reconcileNow(givenUp);
};

const countSigningKeys = async () => (await queryDatabase('auth', 'SELECT 1 FROM signing_keys')).length;

const oldKey: Scenario = async (actions, person) => {
	const before = await countSigningKeys();
	const sql = `UPDATE signing_keys SET signs_from = signs_from - interval '10 years' WHERE expires_at IS NULL`;
	await queryDatabase('auth', sql);
	while ((await countSigningKeys()) === before && !actions.givenUp.aborted) await sleep(200);
	await session(actions, person);
	const made = (await countSigningKeys()) - before;
	if (made !== 1) actions.ledger.violate('doubled', `${made} signing keys followed one`);
};

/** An event reaches an endpoint, and an endpoint that is gone is disabled. */
const webhook: Scenario = async (actions, person) => {
	const receiver = await startReceiver(actions.ledger);
	try {
		const gone = await actions.createWebhook(person, receiver.goneUrl);
		await actions.awaitEnd(await actions.createJob(person, 'compress_heavy'));
		for (let isGone = false; !isGone && !actions.givenUp.aborted; await sleep(500)) {
			const { body } = await actions.ask([200], 'GET', '/v1/webhooks', { token: person.token });
			isGone = body.data.every((one: { status: string }) => one.status === 'disabled');
		}
		const id = await actions.createWebhook(person, receiver.url);
		await actions.sendTestEvents(person, 1);
		for (const used of [gone, id])
			await actions.ask([204, 404], 'DELETE', `/v1/webhooks/${used}`, { token: person.token });
	} finally {
		receiver.stop();
	}
};

/** Scenarios of each app, the likeliest first. */
const OF_APP: Record<string, readonly Scenario[]> = {
	jobs: [
		...[job('compress_heavy'), canceledJob, job('damaged'), account],
		...[signalWorkers('SIGTERM'), signalWorkers('SIGKILL')],
	],
	'tool-worker': [job('compress_heavy'), canceledJob, job('damaged')],
	files: [job('compress_heavy'), upload, job('damaged'), account],
	auth: [session, account, apiKeys, subscriber('endSubscription')],
	billing: [subscriber('endSubscription'), subscriber('deleteAccount')],
	webhooks: [webhook, account],
};

/** The scenario that passes a crash point, or all those that begin so. Tried before the app's scenarios. */
const OF_POINT: Record<string, Scenario> = {
	'jobs.cancel.': canceledJob,
	'jobs.finish.failure-applied': job('damaged'),
	'jobs.finish.discarded': job('damaged'),
	'files.discard.': job('damaged'),
	'jobs.return.': signalWorkers('SIGTERM'),
	'jobs.expire.': signalWorkers('SIGKILL'),
	'auth.api-key.': apiKeys,
	'auth.delete.': account,
	'auth.mail.': mail,
	'auth.rotate.': oldKey,
	'files.reconcile.mark-written': unmarkedBucket,
	'files.reconcile.page-': lostBytes,
	'files.c': upload,
	'files.s': upload,
	'billing.erase.': subscriber('deleteAccount'),
};

/** Returns the scenarios in the order in which they are tried until the crash point is reached. */
export function scenariosFor({ point, app }: CrashTarget): readonly Scenario[] {
	const likely = Object.entries(OF_POINT).filter(([begin]) => point.startsWith(begin));
	return [...likely.map(([, scenario]) => scenario), ...(OF_APP[app] ?? [])];
}
