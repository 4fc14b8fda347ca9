import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { AuthService } from './auth-service.ts';
import { waitUntil } from './wait-until.ts';

export interface Mail {
	to: string;
	subject: string;
	text: string;
	token: string;
}

/** Undoes quoted-printable, the encoding of lines that are too long for SMTP servers. */
function decode(body: string): string {
	return body
		.replaceAll(/=\r?\n/g, '')
		.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

export function parseMail(raw: string): Mail {
	const [head = '', ...body] = raw.split(/\r?\n\r?\n/);
	const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'mi').exec(head)?.[1]?.trim() ?? '';
	const isEncoded = header('Content-Transfer-Encoding') === 'quoted-printable';
	const text = isEncoded ? decode(body.join('\n\n')) : body.join('\n\n');
	return {
		to: header('To'),
		subject: header('Subject'),
		text,
		token: /#token=([\w-]+)/.exec(text)?.[1] ?? '',
	};
}

async function writtenMails(directory: string): Promise<Mail[]> {
	const names = (await readdir(directory)).filter((name) => name.endsWith('.eml')).sort();
	return await Promise.all(
		names.map(async (name) => parseMail(await readFile(join(directory, name), 'utf8'))),
	);
}

/** Waits for `count` mails to an address about a subject, and returns all of them, oldest first. */
export async function mailsTo(
	auth: AuthService,
	email: string,
	{ about, count = 1 }: { about: string; count?: number },
): Promise<Mail[]> {
	let found: Mail[] = [];
	await waitUntil(async () => {
		const mails = await writtenMails(auth.mailDirectory);
		found = mails.filter(({ to, subject }) => to === email && subject === about);
		return found.length >= count;
	});
	return found;
}

export const RESET = 'Set a new creatorr password';
export const VERIFY = 'Verify your email address for creatorr';

/** Resolves when no mail waits: all were sent or dropped. */
export async function untilAllSent(auth: AuthService): Promise<void> {
	const { mail, notice } = auth.prisma;
	await waitUntil(async () => (await mail.count()) + (await notice.count()) === 0);
}

/** Starts an SMTP server whose responses to mails the test decides. */
export async function startSmtpServer(options: SMTPServerOptions = {}) {
	const received: Mail[] = [];
	const state = { received, refuse: undefined as Error | undefined, onData: async () => {} };
	const server = new SMTPServer({
		authOptional: true,
		// Hanging connections of a test are cut.
		closeTimeout: 200,
		disabledCommands: ['STARTTLS'],
		...options,
		onData(stream, _session, done) {
			let raw = '';
			stream.setEncoding('utf8').on('data', (chunk: string) => {
				raw += chunk;
			});
			stream.on('end', () => {
				void state.onData().then(() => {
					if (!state.refuse) received.push(parseMail(raw));
					done(state.refuse ?? null);
				});
			});
		},
	});
	// Clients may break their connections.
	server.on('error', () => undefined);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.server.address();
	const port = typeof address === 'object' && address ? address.port : 0;
	return Object.assign(state, {
		url: `smtp://127.0.0.1:${port}`,
		port,
		close: () => new Promise<void>((resolve) => server.close(resolve)),
	});
}

export type TestSmtpServer = Awaited<ReturnType<typeof startSmtpServer>>;
