import { randomBytes } from 'node:crypto';
import { environment } from '../environment.ts';
import type { AcceptedJob, Person } from '../ledger.ts';
import { trySend } from './client.ts';
import { awaitEnd, cancelJob, createJob } from './jobs.ts';
import { type LoadContext, reportFailure, type Work } from './load.ts';
import { deleteAccount, login, logout, register } from './people.ts';
import { endSubscription, subscribe } from './subscriptions.ts';
import { deleteFile, uploadInParts, uploadWhole } from './uploads.ts';

const MIB = 1024 ** 2;
/** Of one user at a time: a job whose worker was lost takes longer, and others are tried meanwhile. */
const UNFINISHED_JOBS = 3;
const CANCELED_SHARE = 0.1;
const SECRET_SHARE = 0.3;
const DELETED_SHARE = 0.2;

/** Jobs of one tool, some of which are canceled, and whose inputs are deleted now and then. */
function jobs(tool: string, pauseMs: number): Work {
	const kind = `job ${tool}`;
	return {
		kind,
		pauseMs,
		async prepare(context) {
			const person = await register(context);
			const unfinished = new Set<Promise<void>>();
			return async (startedAt) => {
				const secret = tool === 'office_to_pdf' && Math.random() < SECRET_SHARE;
				const job = await createJob(context, person, { tool, secret });
				const finished = followJob(context, person, { job, kind, startedAt }).finally(() => {
					unfinished.delete(finished);
					context.behind.delete(finished);
				});
				for (const all of [unfinished, context.behind]) all.add(finished);
				if (unfinished.size >= UNFINISHED_JOBS) await Promise.race(unfinished);
			};
		},
	};
}

async function followJob(
	context: LoadContext,
	person: Person,
	{ job, kind, startedAt }: { job: AcceptedJob; kind: string; startedAt: number },
): Promise<void> {
	try {
		if (Math.random() < CANCELED_SHARE) await cancelJob(context, job);
		if ((await awaitEnd(context, job)) !== 'succeeded') return;
		context.ledger.succeed(kind, startedAt);
		if (Math.random() < DELETED_SHARE) await deleteFile(context, person, job.inputFileId);
	} catch (error) {
		reportFailure(context.ledger, kind, error);
	}
}

/** Files of both ways of uploading, some of which are deleted. */
const uploads: Work = {
	kind: 'upload',
	pauseMs: 500,
	async prepare(context) {
		const person = await register(context);
		let turn = 0;
		return async (startedAt) => {
			const inParts = turn++ % 4 === 3;
			const upload = inParts ? uploadInParts : uploadWhole;
			const bytes = randomBytes(inParts ? 6 * MIB : 20_000);
			const id = await upload(context, person, { name: 'a.bin', mimeType: 'application/x-chaos', bytes });
			context.ledger.succeed('upload', startedAt);
			if (Math.random() < DELETED_SHARE) await deleteFile(context, person, id);
		};
	},
};

/** Somebody signs in, looks around and signs out; after that the token is refused everywhere. */
const sessions: Work = {
	kind: 'login',
	pauseMs: 400,
	async prepare(context) {
		const person = await register(context);
		return async (startedAt) => {
			const token = await login(context, person.email);
			await context.client.ask({ method: 'GET', path: '/v1/me', token }, [200]);
			context.ledger.succeed('login', startedAt);
			if (await logout(context, token)) await requireRefused(context, token);
		};
	},
};

/** What cannot be told now may be unavailable, but never let through. */
async function requireRefused({ ledger }: LoadContext, token: string): Promise<void> {
	for (const gateway of environment.gateways) {
		const reply = await trySend({ method: 'GET', path: '/v1/me', token }, gateway);
		if (reply && ![401, 503, 504].includes(reply.status)) {
			ledger.violate('revoked', `${gateway} answered ${reply.status} to a token whose logout was answered`);
		}
	}
}

/** Somebody registers, has a file and a job, and is gone with all of it. */
const accounts: Work = {
	kind: 'account',
	pauseMs: 4_000,
	async prepare(context) {
		return async (startedAt) => {
			const person = await register(context);
			await createJob(context, person, { tool: 'compress_heavy' });
			await deleteAccount(context, person);
			context.ledger.succeed('account', startedAt);
		};
	},
};

/** Somebody pays, and mostly ends it again; some of them delete their account while it lives. */
const subscriptions: Work = {
	kind: 'subscription',
	pauseMs: 1_500,
	async prepare(context) {
		let turn = 0;
		return async (startedAt) => {
			const person = await register(context);
			if (await subscribe(context, person)) context.ledger.succeed('subscription', startedAt);
			turn += 1;
			if (turn % 3 === 0) await deleteAccount(context, person);
			else if (turn % 3 === 1) await endSubscription(context, person);
		};
	},
};

/** Small work of every kind, all the time. */
export const WORKS: readonly Work[] = [
	jobs('compress_heavy', 1_500),
	jobs('compress_heavy', 3_000),
	jobs('office_to_pdf', 3_000),
	jobs('ocr', 3_000),
	uploads,
	sessions,
	accounts,
	subscriptions,
];

/** What has to go well again after a fault. */
export const PROBED = [
	'job compress_heavy',
	'job office_to_pdf',
	'job ocr',
	'upload',
	'login',
	'subscription',
] as const;
