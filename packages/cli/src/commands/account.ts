import type { SignedIn } from '@creatorr/client';
import type { Command } from 'commander';
import { askCredentials, type CredentialOptions } from '../ask/credentials.ts';
import { printJson } from '../display/print.ts';
import type { Io } from '../io.ts';
import { connect, connectSignedIn } from '../session/connect.ts';
import { readSessions, writeSessions } from '../session/session-file.ts';
import { type CommonOptions, withCommonOptions } from './common-options.ts';

type AccountOptions = CommonOptions & CredentialOptions;

/** Signing in and out. */
export function addAccountCommands(program: Command, io: Io): void {
	withCredentials(program.command('login').description('sign in; asks for email and password')).action(
		async (options: AccountOptions) => {
			const { api, client } = await connect(io, options);
			const credentials = await askCredentials(io, options, { isNew: false });
			await keepSession(io, options, api, await client.account.login(credentials, { signal: io.signal }));
		},
	);

	withCredentials(program.command('register').description('make an account, and sign in to it'))
		.option('--name <name>', 'what to be called')
		.action(async ({ name, ...options }: AccountOptions & { name?: string }) => {
			const { api, client } = await connect(io, options);
			const credentials = await askCredentials(io, options, { isNew: true });
			const person = { ...credentials, ...(name !== undefined && { name }) };
			await keepSession(io, options, api, await client.account.register(person, { signal: io.signal }));
		});

	withCommonOptions(
		program.command('logout').description('sign out; the token is worth nothing from then on'),
	).action(async (options: CommonOptions) => {
		const { api, client, token } = await connectSignedIn(io, options);
		await client.account.logout({ signal: io.signal }).catch((error) => {
			// it was over already
			if (error.code !== 'unauthorized') throw error;
		});
		const sessions = await readSessions(io.env);
		// CREATORR_TOKEN may have been another one
		if (sessions.byApi[api]?.token === token) delete sessions.byApi[api];
		await writeSessions(io.env, sessions);
		say(io, options, { api }, `Signed out at ${api}.`);
	});

	withCommonOptions(program.command('whoami').description('who is signed in, and where')).action(
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
		.option('--email <email>', 'instead of being asked for it')
		.option('--password-stdin', 'read the password from standard input; needs --email');
}

async function keepSession(
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
	if (io.env.CREATORR_TOKEN) {
		io.stderr.write('CREATORR_TOKEN is set, and goes before this session.\n');
	}
}

function say(io: Io, options: CommonOptions, json: object, text: string): void {
	if (options.json) printJson(io, json);
	else if (!options.quiet) io.stdout.write(`${text}\n`);
}
