import { isNotice, type NoticeKind, type TokenMailKind } from './mailed-token.ts';
import type { LeasedMail } from './mails.sql.ts';

export interface MailMessage {
	to: string;
	subject: string;
	text: string;
}

interface TokenMail {
	subject: string;
	page: string;
	before: string;
	after: string;
}

const TOKEN_MAILS: Record<TokenMailKind, TokenMail> = {
	reset_password: {
		subject: 'Set a new creatorr password',
		page: 'reset-password',
		before: 'Someone requested a new password for your creatorr account. To set one, open:',
		after:
			"This link works once and expires in 30 minutes. A new password signs you out everywhere.\nDidn't ask for it? Ignore this email. Your password stays the same.",
	},
	verify_email: {
		subject: 'Verify your email address for creatorr',
		page: 'verify-email',
		before: 'Welcome to creatorr. To verify your email address, open:',
		after: "This link works once and expires in 7 days.\nDidn't sign up? Ignore this email.",
	},
};

interface Notice {
	subject: string;
	what: string;
	/** Advice for an owner who did not do it. Absent if the product did it. */
	otherwise?: string;
	/** The page that helps. */
	page?: string;
	/** Whether somebody else did it: the owner has to act in any case. */
	isByOthers?: true;
}

const NEW_PASSWORD_NOW = {
	otherwise: 'If not, set a new password now, which signs out every device:',
	page: '/forgot-password',
};

const NOTICES: Record<NoticeKind, Notice> = {
	password_changed: {
		subject: 'Your creatorr password was changed',
		what: 'The password of your creatorr account was changed. All other devices were signed out. API keys, if you created any, still work.',
		...NEW_PASSWORD_NOW,
	},
	password_reset: {
		subject: 'Your creatorr password was reset',
		what: 'The password of your creatorr account was reset with a link from an email. All devices were signed out. API keys, if you created any, still work: check them in your account.',
		...NEW_PASSWORD_NOW,
	},
	new_sign_in: {
		subject: 'New sign-in to your creatorr account',
		what: "Someone signed in to your creatorr account from a network you haven't used recently.",
		...NEW_PASSWORD_NOW,
	},
	account_deleted: {
		subject: 'Your creatorr account was deleted',
		what: 'Your creatorr account was deleted, with all its files and its history.',
		otherwise: 'If not, someone knows your password. Change it wherever else you use it.',
	},
	webhook_disabled: {
		subject: 'A webhook endpoint was disabled',
		what: 'One of your webhook endpoints was disabled and receives no more events, because it accepted none for days or responded with 410 (Gone).\nCheck your server first.',
	},
	webhook_created: {
		subject: 'New webhook endpoint for your creatorr account',
		what: 'A webhook endpoint was created. It receives events of your creatorr account, such as the ends of jobs.\nIf this was you, ignore this email. If not, delete the endpoint, revoke API keys that you don’t know, and set a new password.',
	},
	api_key_created: {
		subject: 'New API key for your creatorr account',
		what: 'An API key was created for your creatorr account.',
		otherwise: 'If not, revoke the key and set a new password now:',
		page: '/account/api-keys',
	},
	api_key_leaked: {
		subject: 'A creatorr API key was leaked and revoked',
		what: 'Someone found one of your API keys in public and reported it. The key was revoked at once and no longer works.',
		otherwise: 'Find out where the key was published, and create a new one:',
		page: '/account/api-keys',
		isByOthers: true,
	},
};

type Names = readonly (readonly [RegExp, string])[];

/** The order matters, because most browsers also name other browsers. */
const PROGRAMS: Names = [
	[/\bEdgA?\//, 'Edge'],
	[/\bOPR\//, 'Opera'],
	[/\b(Firefox|FxiOS)\//, 'Firefox'],
	[/\b(Chrome|CriOS)\//, 'Chrome'],
	[/\bSafari\//, 'Safari'],
	[/^curl\//, 'curl'],
	[/^creatorr-cli\b/, 'the creatorr CLI'],
];

const SYSTEMS: Names = [
	[/\biPhone\b/, 'iPhone'],
	[/\biPad\b/, 'iPad'],
	[/\bAndroid\b/, 'Android'],
	[/\bWindows\b/, 'Windows'],
	[/\bMac OS X\b/, 'Mac'],
	[/\bLinux\b/, 'Linux'],
];

const nameIn = (names: Names, text: string) => names.find(([pattern]) => pattern.test(text))?.[1];

/** Returns a description such as "Firefox on Linux". Never contains text of the header, which an attacker can choose. */
function describeUserAgent(userAgent: string | null): string {
	const program = nameIn(PROGRAMS, userAgent ?? '');
	const system = nameIn(SYSTEMS, userAgent ?? '');
	if (program && system) return `${program} on ${system}`;
	return program ?? system ?? 'unknown';
}

/** Returns a time such as "30 November 2026, 10:20 UTC (your local time may differ)". */
function minuteOf(time: Date): string {
	const date = time.toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
	return `${date}, ${time.toISOString().slice(11, 16)} UTC (your local time may differ)`;
}

function noticeText(mail: LeasedMail, { what, otherwise, page, isByOthers }: Notice, appUrl: string): string {
	const { kind, createdAt, client, resource } = mail;
	if (otherwise === undefined) {
		const endpoint = resource ? `Endpoint: ${resource}\n` : '';
		const links =
			kind === 'webhook_created'
				? `Your endpoints: ${appUrl}/account/webhooks\nNew password: ${appUrl}/forgot-password\n`
				: `To enable it again: ${appUrl}/account/webhooks\nTo get the events that it missed: ${appUrl}/docs#recoverDeliveries\n`;
		return `${what}\n\n${endpoint}Time: ${minuteOf(createdAt)}\n\n${links}`;
	}
	// A client may send any user agent: a mail contains only known names of programs.
	const facts = [
		...(resource ? [`API key: ${resource}`] : []),
		`Time: ${minuteOf(createdAt)}`,
		...(isByOthers
			? [`Reported from IP address: ${client.address}`]
			: [`IP address: ${client.address}`, `Device: ${describeUserAgent(client.userAgent)}`]),
	];
	const link = page === undefined ? '' : `\n${appUrl}${page}`;
	const ignore = isByOthers ? '' : 'If this was you, ignore this email.\n';
	return `${what}\n\n${facts.join('\n')}\n\n${ignore}${otherwise}${link}\n`;
}

/** Returns the mail. `token` is null for a notice. The token follows a #, so that no server logs it and no referrer contains it. */
export function mailMessage(
	mail: LeasedMail,
	{ appUrl, token }: { appUrl: string; token: string | null },
): MailMessage {
	const { kind, email: to } = mail;
	if (isNotice(kind)) {
		const notice = NOTICES[kind];
		return { to, subject: notice.subject, text: noticeText(mail, notice, appUrl) };
	}
	const { subject, page, before, after } = TOKEN_MAILS[kind];
	return { to, subject, text: `${before}\n\n${appUrl}/${page}#token=${token}\n\n${after}\n` };
}
