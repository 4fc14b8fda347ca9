import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { MailMessage } from './mail-message.ts';

/** Timeout of each step of the protocol. A slower mail has failed and is sent later. */
const STEP_TIMEOUT_MS = 15_000;
/** Timeout of a whole mail, shorter than the lease of its sender. */
const MAIL_TIMEOUT_MS = 60_000;
const CONNECTIONS = 3;

export interface Mailer {
	/** Resolves when the server has accepted the mail, or the file is written. */
	send(message: MailMessage): Promise<void>;
	/** Aborts mails in progress, which reject. */
	close(): void;
}

interface MailerOptions {
	from: string;
	smtpUrl: string | undefined;
	/** Used without `smtpUrl`. */
	directory: string | undefined;
}

/** Prevents automatic replies. */
const HEADERS = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };

function createSmtpMailer(from: string, smtpUrl: string): Mailer {
	const { protocol, password } = new URL(smtpUrl);
	const transport = createTransport({
		url: smtpUrl,
		pool: true,
		maxConnections: CONNECTIONS,
		connectionTimeout: STEP_TIMEOUT_MS,
		greetingTimeout: STEP_TIMEOUT_MS,
		socketTimeout: STEP_TIMEOUT_MS,
		// A password is never sent unencrypted.
		requireTLS: protocol === 'smtp:' && password !== '',
		disableFileAccess: true,
		disableUrlAccess: true,
	});
	const closing = new AbortController();
	return {
		async send(message) {
			const ended = Promise.withResolvers<never>();
			const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(MAIL_TIMEOUT_MS)]);
			const end = () => ended.reject(signal.reason);
			signal.addEventListener('abort', end, { once: true });
			if (signal.aborted) end();
			const sent = transport.sendMail({ from, headers: HEADERS, ...message });
			await Promise.race([sent, ended.promise]).finally(() => signal.removeEventListener('abort', end));
		},
		close() {
			closing.abort(new Error('the mailer was closed'));
			transport.close();
		},
	};
}

/** Undoes quoted-printable in the body, which breaks long lines, so that people can copy the links of a file. */
function decodeBody(mail: string): string {
	const [, head = '', body = ''] = /^(.*?\r?\n\r?\n)(.*)$/s.exec(mail) ?? [];
	if (!head.includes('quoted-printable')) return mail;
	const decoded = body
		.replaceAll(/=\r?\n/g, '')
		.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
	return head.replace('quoted-printable', '8bit') + decoded;
}

function createFileMailer(from: string, directory: string): Mailer {
	const transport = createTransport({ streamTransport: true, buffer: true });
	return {
		async send(message) {
			const { message: bytes } = await transport.sendMail({ from, headers: HEADERS, ...message });
			await mkdir(directory, { recursive: true });
			const path = join(directory, `${new Date().toISOString().replaceAll(':', '-')}-${randomUUID()}`);
			// Renamed when it is complete, so that nothing reads a partial mail.
			const mail = decodeBody((bytes as Buffer).toString('latin1'));
			await writeFile(`${path}.new`, mail, { encoding: 'latin1', mode: 0o600 });
			await rename(`${path}.new`, `${path}.eml`);
		},
		close: () => undefined,
	};
}

/** Creates a mailer that uses SMTP, or writes an `.eml` file per mail into a directory. */
export function createMailer({ from, smtpUrl, directory }: MailerOptions): Mailer {
	if (smtpUrl !== undefined) return createSmtpMailer(from, smtpUrl);
	if (directory === undefined) throw new Error('there is neither a server nor a directory for mails');
	return createFileMailer(from, directory);
}
