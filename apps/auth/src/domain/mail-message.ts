import type { MailKind } from './mailed-token.ts';

export interface MailMessage {
	to: string;
	subject: string;
	text: string;
}

interface Letter {
	subject: string;
	page: string;
	before: string;
	after: string;
}

const LETTERS: Record<MailKind, Letter> = {
	reset_password: {
		subject: 'Set a new password',
		page: 'reset-password',
		before: 'Somebody asked for a new password for the account with this email address. To set one, open:',
		after:
			'The link works once and for 30 minutes. You will be signed out everywhere.\nIf it was not you, do nothing: the password stays as it is.',
	},
	verify_email: {
		subject: 'Confirm your email address',
		page: 'verify-email',
		before: 'Welcome to creatorr. To confirm that this email address is yours, open:',
		after: 'The link works once and for 7 days.\nIf you did not register, do nothing.',
	},
};

/** The mail with its link. The token stands behind a #, so that it gets into no log of a server and no referrer. */
export function mailMessage(
	kind: MailKind,
	to: string,
	{ appUrl, token }: { appUrl: string; token: string },
): MailMessage {
	const { subject, page, before, after } = LETTERS[kind];
	return { to, subject, text: `${before}\n\n${appUrl}/${page}#token=${token}\n\n${after}\n` };
}
