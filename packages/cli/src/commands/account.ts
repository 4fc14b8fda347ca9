import type { SignedIn } from '@creatorr/client';
import type { Command } from 'commander';
import { askCredentials, type CredentialOptions } from '../ask/credentials.ts';
import { printJson } from '../display/print.ts';
import type { Io } from '../io.ts';
import { connect, connectSignedIn, connectWithSession } from '../session/connect.ts';
import { readSessions, writeSessions } from '../session/session-file.ts';
import { type CommonOptions, withCommonOptions } from './common-options.ts';

type AccountOptions = CommonOptions & CredentialOptions;

/** Adds the commands to sign in and out. */
export function addAccountCommands(program: Command, io: Io): void {
	withCredentials(program.command('login').description('Sign in (prompts for email and password)')).action(
		async (options: AccountOptions) => {
			const { api, client } = await connect(io, options);
			const credentials = await askCredentials(io, options, { isNew: false });
			await storeSession(io, options, api, await client.account.login(credentials, { signal: io.signal }));
		},
	);

	withCredentials(program.command('register').description('Create an account and sign in'))
		.option('--name <name>', 'Your name')
		.action(async ({ name, ...options }: AccountOptions & { name?: string }) => {
			const { api, client } = await connect(io, options);
			const credentials = await askCredentials(io, options, { isNew: true });
			const person = { ...credentials, ...(name !== undefined && { name }) };
			await storeSession(io, options, api, await client.account.register(person, { signal: io.signal }));
		});

	withCommonOptions(program.command('logout').description('Sign out (the token is revoked)')).action(
		async (options: CommonOptions) => {
			const { api, client, token } = await connectWithSession(io, options);
			await client.account.logout({ signal: io.signal }).catch((error) => {
				// The session had already ended.
				if (error.code !== 'unauthorized') throw error;
			});
			const sessions = await readSessions(io.env);
			// CREATORR_TOKEN may be another token.
			if (sessions.byApi[api]?.token === token) delete sessions.byApi[api];
			await writeSessions(io.env, sessions);
			say(io, options, { api }, `Signed out at ${api}.`);
		},
	);

	withCommonOptions(program.command('whoami').description('Show the signed-in user')).action(
		async (options: CommonOptions) => {
			const { api, client } = await connectSignedIn(io, options);
			const user = await client.account.me({ signal: io.signal });
			if (options.json) printJson(io, { api, user });
			else io.stdout.write(`${user.email} (${user.plan}) at ${api}\n`);
		},
	);
}

function withCredentials(command: Command): Command {
	return withCommonOptions(command)
		.option('--email <email>', 'Email (default: prompt)')
		.option('--password-stdin', 'Read the password from standard input (needs --email)');
}

async function storeSession(
	io: Io,
	options: CommonOptions,
	api: string,
	{ token, user, expires_at }: SignedIn,
): Promise<void> {
	const sessions = await readSessions(io.env);
	sessions.api = api;
	sessions.byApi[api] = { token, email: user.email };
	await writeSessions(io.env, sessions);
	say(io, options, { api, user, expires_at }, `Signed in as ${user.email} at ${api}.`);
	const overriding = ['CREATORR_TOKEN', 'CREATORR_API_KEY'].find((name) => io.env[name]);
	if (overriding) io.stderr.write(`${overriding} is set and overrides this session.\n`);
}

function say(io: Io, options: CommonOptions, json: object, text: string): void {
	if (options.json) printJson(io, json);
	else if (!options.quiet) io.stdout.write(`${text}\n`);
}
