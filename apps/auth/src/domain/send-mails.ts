import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import { countMail } from '../auth-metrics.ts';
import type { LeasedMail, MailStore } from './mail.ts';
import { type MailMessage, mailMessage } from './mail-message.ts';
import { isNotice, type MailKind, type TokenMailKind } from './mailed-token.ts';

/** At once. */
const BATCH_SIZE = 10;
/** Longer than a mailer takes to send or to fail: a mail whose sender died is taken by another after this. */
export const LEASE_SECONDS = 120;
const FIRST_RETRY_SECONDS = 5;
const LONGEST_RETRY_SECONDS = 15 * 60;

/** Nobody waits for it any longer, so it is not tried again. */
const GIVE_UP_SECONDS: Record<TokenMailKind, number> = { reset_password: 3600, verify_email: 3 * 24 * 3600 };
const GIVE_UP_NOTICE_SECONDS = 3 * 24 * 3600;

export interface SendMailsDeps {
	mails: MailStore;
	/** Rejects when the mail was not taken by the server, and within less than the lease. */
	sendMail(message: MailMessage): Promise<void>;
	appUrl: string;
	logger: Logger;
}

/** What may be logged of an error of a mailer, whose message names the address. */
function causeOf(error: unknown): { code?: unknown; response_code?: unknown } {
	if (typeof error !== 'object' || error === null) return {};
	const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
	return { code, response_code: responseCode };
}

function giveUpSeconds(kind: MailKind): number {
	return isNotice(kind) ? GIVE_UP_NOTICE_SECONDS : GIVE_UP_SECONDS[kind];
}

function retrySeconds(attempts: number): number {
	return Math.min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2 ** (attempts - 1));
}

async function afterFailure(deps: SendMailsDeps, mail: LeasedMail, error: unknown): Promise<void> {
	const fields = { mail: String(mail.id), kind: mail.kind, attempts: mail.attempts, ...causeOf(error) };
	const ageSeconds = (Date.now() - mail.createdAt.getTime()) / 1000;
	if (ageSeconds > giveUpSeconds(mail.kind)) {
		countMail(mail.kind, 'given up');
		deps.logger.error('mail.given_up', fields);
		await deps.mails.finish(mail, null);
		return;
	}
	countMail(mail.kind, 'failed');
	deps.logger.warn('mail.not_sent', fields);
	await deps.mails.putOff(mail, retrySeconds(mail.attempts));
}

/** For the log and the security events: somebody asked for it, of whose account or of none. */
async function finish(
	{ mails, logger }: SendMailsDeps,
	mail: LeasedMail,
	userId: string | null,
): Promise<void> {
	await mails.finish(mail, userId);
	if (mail.kind !== 'reset_password') return;
	logger.info('security.password_reset_asked', { user_id: userId, asked_in: mail.requestId });
}

async function sendOne(deps: SendMailsDeps, mail: LeasedMail): Promise<void> {
	const addressed = await deps.mails.address(mail);
	if (addressed === 'drop') {
		countMail(mail.kind, 'dropped');
		return await finish(deps, mail, null);
	}
	crashPoint('auth.mail.token-made');
	const { userId, token } = addressed;
	await deps.sendMail(mailMessage(mail, { appUrl: deps.appUrl, token }));
	crashPoint('auth.mail.sent');
	countMail(mail.kind, 'sent');
	deps.logger.info('mail.sent', { mail: String(mail.id), kind: mail.kind, user_id: userId });
	await finish(deps, mail, userId);
}

/**
 * Sends mails that are due; resolves to how many were tried. A sender that dies between the sending and the end has the mail
 * sent again, where it carries a token with another one, and both work.
 */
export async function sendMails(deps: SendMailsDeps): Promise<number> {
	const mails = await deps.mails.lease(BATCH_SIZE, LEASE_SECONDS);
	if (mails.length > 0) crashPoint('auth.mail.leased');
	await Promise.all(
		mails.map((mail) => sendOne(deps, mail).catch((error: unknown) => afterFailure(deps, mail, error))),
	);
	return mails.length;
}
