import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import { counter } from '@creatorr/service/metrics';
import { defineTask } from '@creatorr/service/task';
import type { Database } from '../database.sql.ts';
import { type MailMessage, mailMessage } from './mail-message.ts';
import { isNotice, MAIL_KINDS, type MailKind, type TokenMailKind } from './mailed-token.ts';
import {
	finishMail,
	type LeasedMail,
	leaseMails,
	MAIL_CHANNEL,
	postponeMail,
	resolveRecipient,
} from './mails.sql.ts';

/** Mails sent concurrently. */
const BATCH_SIZE = 10;
/** Longer than a mailer takes to send or fail. If a sender dies, another takes its mails after this time. */
const LEASE_SECONDS = 120;
const FIRST_RETRY_SECONDS = 5;
const LONGEST_RETRY_SECONDS = 15 * 60;
/** Finds mails that are due again, and those whose notification was lost. */
const POLL_MS = 5_000;

/** After this time a mail is useless, and is abandoned. */
const GIVE_UP_SECONDS: Record<TokenMailKind, number> = { reset_password: 3600, verify_email: 3 * 24 * 3600 };
const GIVE_UP_NOTICE_SECONDS = 3 * 24 * 3600;

interface SendMailsDeps {
	prisma: Database;
	/** Rejects if the server did not accept the mail, within less than the lease. */
	sendMail(message: MailMessage): Promise<void>;
	appUrl: string;
	logger: Logger;
}

const OUTCOMES = ['sent', 'failed', 'abandoned', 'dropped'] as const;

const mails = counter({
	name: 'creatorr_mails_total',
	help: 'Attempts to send mails, by kind and outcome: sent, failed (retried), abandoned, dropped (no recipient)',
	labels: ['kind', 'outcome'],
	initial: MAIL_KINDS.flatMap((kind) => OUTCOMES.map((outcome) => ({ kind, outcome }))),
});

function count({ kind }: LeasedMail, outcome: (typeof OUTCOMES)[number]): void {
	mails.inc({ kind, outcome });
}

/** Returns what may be logged of a mailer's error, whose message contains the address. The code of a timeout is a number, so its name is used. */
export function causeOf(error: unknown): { code?: unknown; response_code?: unknown } {
	if (typeof error !== 'object' || error === null) return {};
	const { name, code, responseCode } = error as { name?: unknown; code?: unknown; responseCode?: unknown };
	return { code: typeof code === 'number' ? name : code, response_code: responseCode };
}

function giveUpSeconds(kind: MailKind): number {
	return isNotice(kind) ? GIVE_UP_NOTICE_SECONDS : GIVE_UP_SECONDS[kind];
}

function retrySeconds(attempts: number): number {
	return Math.min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** (attempts - 1));
}

async function handleFailure(deps: SendMailsDeps, mail: LeasedMail, error: unknown): Promise<void> {
	const fields = { mail: String(mail.id), kind: mail.kind, attempts: mail.attempts, ...causeOf(error) };
	const ageSeconds = (Date.now() - mail.createdAt.getTime()) / 1000;
	if (ageSeconds > giveUpSeconds(mail.kind)) {
		count(mail, 'abandoned');
		deps.logger.error('mail.abandoned', fields);
		await finishMail(deps.prisma, mail, null);
		return;
	}
	count(mail, 'failed');
	deps.logger.warn('mail.send_failed', fields);
	await postponeMail(deps.prisma, mail, retrySeconds(mail.attempts));
}

/** Deletes the mail, and logs who requested a new password: a user, or an unknown one. */
async function finish(
	{ prisma, logger }: SendMailsDeps,
	mail: LeasedMail,
	userId: string | null,
): Promise<void> {
	await finishMail(prisma, mail, userId);
	if (mail.kind !== 'reset_password') return;
	logger.info('security.password_reset_requested', { user_id: userId, origin_request_id: mail.requestId });
}

async function sendOne(deps: SendMailsDeps, mail: LeasedMail): Promise<void> {
	const recipient = await resolveRecipient(deps.prisma, mail);
	if (recipient === 'drop') {
		count(mail, 'dropped');
		return await finish(deps, mail, null);
	}
	crashPoint('auth.mail.token-created');
	const { userId, token } = recipient;
	await deps.sendMail(mailMessage(mail, { appUrl: deps.appUrl, token }));
	crashPoint('auth.mail.sent');
	count(mail, 'sent');
	deps.logger.info('mail.sent', { mail: String(mail.id), kind: mail.kind, user_id: userId });
	await finish(deps, mail, userId);
}

/**
 * Sends due mails. Resolves to the number of attempts. If a sender dies after it has sent a mail, the mail is sent again. If it has a
 * token, the second mail has another one, and both are valid.
 */
async function sendMails(deps: SendMailsDeps): Promise<number> {
	const leased = await leaseMails(deps.prisma, { limit: BATCH_SIZE, leaseSeconds: LEASE_SECONDS });
	if (leased.length > 0) crashPoint('auth.mail.leased');
	await Promise.all(
		leased.map((mail) => sendOne(deps, mail).catch((error: unknown) => handleFailure(deps, mail, error))),
	);
	return leased.length;
}

export const sendMailsTask = defineTask<SendMailsDeps>({
	name: 'send_mails',
	everyMs: POLL_MS,
	on: [MAIL_CHANNEL],
	async run(deps, stopping) {
		while (!stopping.aborted && (await sendMails(deps)) > 0);
	},
});
