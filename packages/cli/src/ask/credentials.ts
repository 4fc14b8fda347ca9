import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { ask, askHidden } from './ask.ts';

export interface CredentialOptions {
	email?: string;
	passwordStdin?: boolean;
}

export interface Credentials {
	email: string;
	password: string;
}

/** Reads credentials from the options or the terminal. A password never comes from the command line, where others can see it. */
export async function askCredentials(
	io: Io,
	options: CredentialOptions,
	{ isNew }: { isNew: boolean },
): Promise<Credentials> {
	if (options.passwordStdin && options.email === undefined) {
		throw new UsageError('--password-stdin needs --email');
	}
	if (!io.stdin.isTTY && !options.passwordStdin) {
		throw new UsageError('Can’t prompt: standard input isn’t a terminal. Use --email and --password-stdin.');
	}
	const email = options.email ?? (await ask(io, 'Email: '));
	if (options.passwordStdin) return { email, password: await readPassword(io) };
	const password = await askHidden(io, 'Password: ');
	if (isNew && (await askHidden(io, 'Repeat password: ')) !== password) {
		throw new UsageError('The passwords don’t match.');
	}
	return { email, password };
}

async function readPassword({ stdin }: Io): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
	return Buffer.concat(chunks)
		.toString('utf8')
		.replace(/\r?\n$/, '');
}
