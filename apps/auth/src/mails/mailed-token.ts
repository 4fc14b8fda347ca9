import { createHash, randomBytes } from 'node:crypto';
import type { AppError } from '@creatorr/contracts/errors';
import { validationError } from '@creatorr/contracts/validation';

/** Mails with a link that can be used once. */
export type TokenMailKind = 'reset_password' | 'verify_email';

const NOTICES = [
	'password_changed',
	'password_reset',
	'new_sign_in',
	'account_deleted',
	'webhook_disabled',
	'webhook_created',
	'api_key_created',
	'api_key_leaked',
] as const;
/** Mails that report a change of the account. */
export type NoticeKind = (typeof NOTICES)[number];

/** Purpose of a mail. */
export type MailKind = TokenMailKind | NoticeKind;

export const MAIL_KINDS: readonly MailKind[] = ['reset_password', 'verify_email', ...NOTICES];

export function isNotice(kind: MailKind): kind is NoticeKind {
	return (NOTICES as readonly MailKind[]).includes(kind);
}

/** Enough entropy that attempts need not be limited. */
const TOKEN_BYTES = 32;

/** Counted from when the mail is sent. */
export const TOKEN_LIFETIME_SECONDS: Record<TokenMailKind, number> = {
	reset_password: 30 * 60,
	verify_email: 7 * 24 * 3600,
};

export function newMailedToken(): string {
	return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** Returns what is stored instead of the token. Needs no salt: 256 random bits can't be guessed. */
export function hashMailedToken(token: string): Uint8Array<ArrayBuffer> {
	return new Uint8Array(createHash('sha256').update(token).digest());
}

/** Returns the same error for a wrong, used or expired token. */
export function invalidToken(): AppError {
	return validationError([
		{ path: 'token', message: 'has expired or was already used; request a new email' },
	]);
}
