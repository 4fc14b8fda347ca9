import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { newEmail, PASSWORD } from '../../driver/client.ts';
import { queryDatabase } from '../../driver/database.ts';
import { mailedToken, VERIFY } from '../../driver/mails.ts';
import { pidOf } from '../../driver/processes.ts';
import { listStore, MARK_PREFIX, removeFromStore } from '../audit/store.ts';
import type { AcceptedJob, Person } from '../ledger.ts';
import { awaitEnd, cancelJob, createJob } from '../load/jobs.ts';
import type { LoadContext } from '../load/load.ts';
import { deleteAccount, login, logout, register } from '../load/people.ts';
import { endSubscription, subscribe } from '../load/subscriptions.ts';
import { deleteFile, uploadInParts, uploadWhole } from '../load/uploads.ts';
import { ageSigningKey, countSigningKeys, forgetMark, reconcileNow } from './hurry.ts';

/** Work of one kind from its begin to its end, whatever dies meanwhile. */
type Scenario = (context: LoadContext, person: Person) => Promise<void>;

const PART_BYTES = 6 * 1024 ** 2;

const job: Scenario = async (context, person) => {
	await awaitEnd(context, await createJob(context, person, { tool: 'compress_heavy' }));
};

const failingJob: Scenario = async (context, person) => {
	await awaitEnd(context, await createJob(context, person, { tool: 'damaged' }));
};

const untilRunning = async (context: LoadContext, { id, token }: AcceptedJob): Promise<void> => {
	for (let status = 'queued'; status === 'queued'; ) {
		const path = `/v1/jobs/${id}?wait=5`;
		status = (await context.client.ask({ method: 'GET', path, token }, [200])).body.data.status;
	}
};

const canceledJob: Scenario = async (context, person) => {
	const one = await createJob(context, person, { tool: 'long' });
	await untilRunning(context, one);
	await cancelJob(context, one);
	await awaitEnd(context, one);
};

/** One of them has the job. */
const WORKERS = ['tool-worker', 'tool-worker-2'];

const signalWorkers = (signal: NodeJS.Signals): Scenario => {
	return async (context, person) => {
		const one = await createJob(context, person, { tool: 'long' });
		await untilRunning(context, one);
		for (const worker of WORKERS) process.kill(await pidOf(worker), signal);
		await awaitEnd(context, one);
	};
};

const upload: Scenario = async (context, person) => {
	const content = { name: 'a.bin', mimeType: 'application/x-chaos', bytes: randomBytes(PART_BYTES) };
	const id = await uploadInParts(context, person, content);
	await deleteFile(context, person, id);
	// Until its bytes are looked after.
	await sleep(3_000);
};

const session: Scenario = async (context, person) => {
	await logout(context, await login(context, person.email));
};

const account: Scenario = async (context) => {
	const person = await register(context);
	await createJob(context, person, { tool: 'compress_heavy' });
	await deleteAccount(context, person);
};

const subscription: Scenario = async (context) => {
	const person = await register(context);
	await subscribe(context, person);
	await endSubscription(context, person);
};

const payingAccount: Scenario = async (context) => {
	const person = await register(context);
	await subscribe(context, person);
	await deleteAccount(context, person);
};

/** Until no mail to this address waits any more. */
export async function untilMailed(email: string, givenUp: AbortSignal): Promise<void> {
	const waits = () => queryDatabase('auth', 'SELECT 1 FROM mails WHERE email = $1', [email]);
	while ((await waits()).length > 0 && !givenUp.aborted) await sleep(500);
}

/** A mail whose sender dies comes when two minutes are over, by which it had taken the mail for itself. */
const MAIL_MS = 240_000;

const mail: Scenario = async ({ client, givenUp }) => {
	const email = newEmail();
	const body = { email, password: PASSWORD };
	await client.ask({ method: 'POST', path: '/v1/auth/register', body }, [201, 409]);
	const token = await mailedToken(email, VERIFY, 1, MAIL_MS);
	await client.ask({ method: 'POST', path: '/v1/auth/verify', body: { token, password: PASSWORD } }, [204]);
	await untilMailed(email, givenUp);
};

/** A file whose bytes vanish is found by the next comparison of rows and bucket. */
const lostBytes: Scenario = async (context, person) => {
	const content = { name: 'a.bin', mimeType: 'application/x-chaos', bytes: randomBytes(100) };
	const id = await uploadWhole(context, person, content);
	const [row] = await queryDatabase<{ storage_key: string }>(
		'files',
		'SELECT storage_key FROM files WHERE id = $1',
		[id],
	);
	await removeFromStore(row?.storage_key ?? '');
	await reconcileNow(context.givenUp);
	const upload = context.ledger.uploads.get(id);
	if (upload) upload.isDeleted = true;
};

/** The first comparison of all, which marks the bucket. */
const unmarkedBucket: Scenario = async ({ givenUp }) => {
	const { objects } = await listStore();
	await forgetMark();
	for (const key of objects.keys()) if (key.startsWith(MARK_PREFIX)) await removeFromStore(key);
	await reconcileNow(givenUp);
};

const oldKey: Scenario = async (context, person) => {
	const before = await ageSigningKey();
	while ((await countSigningKeys()) === before && !context.givenUp.aborted) await sleep(200);
	await logout(context, await login(context, person.email));
	const keys = await countSigningKeys();
	if (keys !== before + 1) context.ledger.violate('doubled', `one key was followed by ${keys - before}`);
};

/** What each app has to do with, the likeliest first. */
const OF_APP: Record<string, readonly Scenario[]> = {
	jobs: [job, canceledJob, failingJob, account, signalWorkers('SIGTERM'), signalWorkers('SIGKILL')],
	'tool-worker': [job, canceledJob, failingJob],
	files: [job, upload, failingJob, account],
	auth: [session, account, subscription],
	billing: [subscription, payingAccount],
};

/** What is known to lead to a point; saves trying the others first. */
const OF_POINT: Record<string, Scenario> = {
	'jobs.cancel.committed': canceledJob,
	'jobs.finish.failure-settled': failingJob,
	'jobs.finish.discarded': failingJob,
	'files.discard.committed': failingJob,
	'jobs.give-back.committed': signalWorkers('SIGTERM'),
	'jobs.expire.committed': signalWorkers('SIGKILL'),
	'auth.delete.committed': account,
	'auth.delete.settled': account,
	'auth.mail.leased': mail,
	'auth.mail.token-made': mail,
	'auth.mail.sent': mail,
	'auth.rotate.committed': oldKey,
	'files.reconcile.mark-put': unmarkedBucket,
	'files.reconcile.page-listed': lostBytes,
	'files.reconcile.page-mended': lostBytes,
	'files.reconcile.page-kept': lostBytes,
	'billing.erase.customer-deleted': payingAccount,
};

/** In the order in which they are tried until the point is reached. */
export function scenariosFor({ point, app }: { point: string; app: string }): readonly Scenario[] {
	const known = OF_POINT[point];
	const likely = known ? [known] : point.startsWith('files.c') || point.startsWith('files.s') ? [upload] : [];
	return [...likely, ...(OF_APP[app] ?? [])];
}
