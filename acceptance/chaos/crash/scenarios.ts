import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { pidOf } from '../../support/processes.ts';
import type { AcceptedJob, Person } from '../ledger.ts';
import { awaitEnd, cancelJob, createJob } from '../load/jobs.ts';
import type { LoadContext } from '../load/load.ts';
import { deleteAccount, login, logout, register } from '../load/people.ts';
import { endSubscription, subscribe } from '../load/subscriptions.ts';
import { deleteFile, uploadInParts } from '../load/uploads.ts';

/** Work of one kind from its begin to its end, whatever dies meanwhile. */
export type Scenario = (context: LoadContext, person: Person) => Promise<void>;

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
	'billing.erase.customer-deleted': payingAccount,
};

/** In the order in which they are tried until the point is reached. */
export function scenariosFor({ point, app }: { point: string; app: string }): readonly Scenario[] {
	const known = OF_POINT[point];
	const likely = known ? [known] : point.startsWith('files.c') || point.startsWith('files.s') ? [upload] : [];
	return [...likely, ...(OF_APP[app] ?? [])];
}
