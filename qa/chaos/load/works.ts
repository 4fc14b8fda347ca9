import type { Actions } from './actions.ts';
import { GATEWAYS, trySend } from './client.ts';
import type { Work } from './load.ts';
import { randomFile } from './samples.ts';

const MIB = 1024 ** 2;
const CANCELED_SHARE = 0.1;
const SECRET_SHARE = 0.3;
const DELETED_SHARE = 0.2;
const EVENTS_AT_ONCE = 8;

/** Jobs of one tool: some are canceled, and some inputs deleted. While one waits for a lost worker, other users start jobs. */
function jobs(tool: 'compress_heavy' | 'office_to_pdf' | 'ocr', users: number, pauseMs: number): Work {
	return {
		kind: `job ${tool}`,
		users,
		pauseMs,
		async once(actions, person, _turn, succeed) {
			const isSecret = tool === 'office_to_pdf' && Math.random() < SECRET_SHARE;
			const job = await actions.createJob(person, tool, { isSecret });
			if (Math.random() < CANCELED_SHARE) await actions.cancelJob(job);
			if ((await actions.awaitEnd(job)) !== 'succeeded') return;
			succeed();
			if (Math.random() < DELETED_SHARE) await actions.deleteFile(person, job.inputFileId);
		},
	};
}

/** Uploads, every fourth one in parts. Some files are deleted. */
const uploads: Work = {
	kind: 'upload',
	pauseMs: 500,
	async once(actions, person, turn, succeed) {
		const multipart = turn % 4 === 3;
		const file = { ...randomFile(multipart ? 6 * MIB : 20_000), ...(multipart && { multipart }) };
		const id = await actions.upload(person, file);
		succeed();
		if (Math.random() < DELETED_SHARE) await actions.deleteFile(person, id);
	},
};

/** Sign-ins and sign-outs, after which every gateway must reject the token. */
const sessions: Work = {
	kind: 'login',
	pauseMs: 400,
	async once(actions, { email }, _turn, succeed) {
		const token = await actions.login(email);
		await actions.ask([200], 'GET', '/v1/me', { token });
		succeed();
		if (await actions.signOut(token)) await requireRejected(actions, token);
	},
};

/** A gateway that can't check a token may be unavailable, but must not accept it. */
async function requireRejected({ ledger }: Actions, token: string): Promise<void> {
	for (const gateway of GATEWAYS) {
		const response = await trySend(gateway, 'GET', '/v1/me', { token });
		if (response && ![401, 503, 504].includes(response.status))
			ledger.violate('revoked', `${gateway} answered ${response.status} to a revoked token`);
	}
}

/** New users with a file and a job, who delete their account. */
const accounts: Work = {
	kind: 'account',
	pauseMs: 4_000,
	async once(actions, _person, _turn, succeed) {
		const person = await actions.register();
		await actions.createJob(person, 'compress_heavy');
		await actions.deleteAccount(person);
		succeed();
	},
};

/** New users who pay. A third ends the subscription, and a third deletes the account instead. */
const subscriptions: Work = {
	kind: 'subscription',
	pauseMs: 1_500,
	async once(actions, _person, turn, succeed) {
		const person = await actions.register();
		if (await actions.subscribe(person)) succeed();
		if (turn % 3 === 0) await actions.endSubscription(person);
		if (turn % 3 === 2) await actions.deleteAccount(person);
	},
};

/** Events to an endpoint of a user, several at a time, until all have arrived. */
function webhooks(url: string): Work {
	return {
		kind: 'webhook',
		users: 3,
		pauseMs: 500,
		async once(actions, person, turn, succeed) {
			if (turn === 0) await actions.createWebhook(person, url);
			await actions.sendTestEvents(person, EVENTS_AT_ONCE);
			succeed();
		},
	};
}

/** A steady load of small work of every kind. */
export const worksWith = (receiverUrl: string): readonly Work[] => [
	...[jobs('compress_heavy', 4, 3_000), jobs('office_to_pdf', 3, 6_000), jobs('ocr', 3, 6_000)],
	...[uploads, sessions, accounts, subscriptions],
	webhooks(receiverUrl),
];

/** Kinds of work that must succeed again after a fault. */
export const PROBED = worksWith('')
	.map(({ kind }) => kind)
	.filter((kind) => kind !== 'account');
