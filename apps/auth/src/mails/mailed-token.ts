import { createHash, randomBytes } from 'node:crypto';
import type { AppError } from '@creatorr/contracts/errors';
import { validationError } from '@creatorr/contracts/validation';

/** Mails with a link that their reader may use once. */
export type TokenMailKind = 'reset_password' | 'verify_email';

const NOTICES = ['password_changed', 'password_reset', 'new_sign_in', 'account_deleted'] as const;
/** Mails that tell owners what happened to their account. */
export type NoticeKind = (typeof NOTICES)[number];

/** What a mail is for. */
export type MailKind = TokenMailKind | NoticeKind;

export const MAIL_KINDS: readonly MailKind[] = ['reset_password', 'verify_email', ...NOTICES];

export function isNotice(kind: MailKind): kind is NoticeKind {
	return (NOTICES as readonly MailKind[]).includes(kind);
}

/** Too many to guess, so that attempts need not be counted. */
const TOKEN_BYTES = 32;

/** From when the mail is sent. */
export const TOKEN_LIFETIME_SECONDS: Record<TokenMailKind, number> = {
	reset_password: 30 * 60,
	verify_email: 7 * 24 * 3600,
};

export function newMailedToken(): string {
	return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** Returns what is stored instead of the token. Without a salt: 256 random bits are in no dictionary. */
export function hashMailedToken(token: string): Uint8Array<ArrayBuffer> {
	return new Uint8Array(createHash('sha256').update(token).digest());
}

/** The same answer for a token that is wrong, used or expired. */
export function invalidToken(): AppError {
	return validationError([
		{ path: 'token', message: 'has expired or was already used; request a new email' },
	]);
}
