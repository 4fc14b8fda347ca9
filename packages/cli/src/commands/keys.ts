import type { ApiKey, ApiKeyEvent, NewApiKey, NewApiKeyOptions, Scope } from '@creatorr/client';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { printJson } from '../display/print.ts';
import { formatTable } from '../display/table.ts';
import type { Io } from '../io.ts';
import { connectWithSession } from '../session/connect.ts';
import { collect, parseLimit } from './collect.ts';
import { type CommonOptions, withCommonOptions } from './common-options.ts';
import { printKey } from './print-key.ts';
import { addUpdateCommand, collectList, metadataOption, scopeOption } from './update-key.ts';

type CreateOptions = CommonOptions & {
	name: string;
	scope: Scope[];
	tool?: string[];
	ip?: string[];
	expires?: string;
	metadata?: NonNullable<NewApiKeyOptions['metadata']>;
};

type RotateOptions = CommonOptions & { grace: number; graceStarts: 'now' | 'first-use' };

/** Adds the commands for API keys. They need a session, even if `CREATORR_API_KEY` is set: a key can't manage keys. */
export function addKeyCommands(program: Command, io: Io): void {
	const keys = program.command('keys').description('Manage API keys, for programs and scripts');
	addCreate(keys, io);
	addReads(keys, io);
	addUpdateCommand(keys, io);

	withCommonOptions(
		keys.command('rotate').description('Replace a key; prints the new one').argument('<key id>'),
	)
		.option('--grace <seconds>', 'How long the old key still works', parseSeconds, 86_400)
		.addOption(
			new Option(
				'--grace-starts <when>',
				'Start of the grace period: now, or the first request that succeeds with the new key',
			)
				.choices(['now', 'first-use'])
				.default('now'),
		)
		.action(async (id: string, { grace, graceStarts, ...options }: RotateOptions) => {
			const { client } = await connectWithSession(io, options);
			const rotation = {
				grace_seconds: grace,
				grace_starts: graceStarts === 'now' ? ('now' as const) : ('first_use' as const),
			};
			printNewKey(io, options, await client.keys.rotate(id, rotation, { signal: io.signal }));
		});

	withCommonOptions(
		keys.command('revoke').description('Revoke a key: it stops working at once').argument('<key id>'),
	).action(async (id: string, options: CommonOptions) => {
		const { client } = await connectWithSession(io, options);
		await client.keys.revoke(id, { signal: io.signal });
		if (options.json) printJson(io, { id });
		else if (!options.quiet) io.stdout.write(`Revoked ${id}.\n`);
	});
}

function addCreate(keys: Command, io: Io): void {
	withCommonOptions(keys.command('create').description('Create a key; prints it once'))
		.requiredOption('--name <name>', 'What the key is for')
		.addOption(scopeOption().makeOptionMandatory())
		.option('--tool <slugs...>', 'Tools that it may use (default: all)', collectList)
		.option('--ip <ranges...>', 'IP addresses or CIDR ranges that it works from (default: all)', collectList)
		.option('--expires <time>', 'When it stops working, such as 2030-01-31T00:00:00Z (default: never)')
		.addOption(metadataOption('Key-value pairs of your own, such as team=web'))
		.action(async ({ name, scope, tool, ip, expires, metadata, ...options }: CreateOptions) => {
			const { client } = await connectWithSession(io, options);
			const rights: NewApiKeyOptions = {
				name,
				scopes: scope,
				...(tool && { tools: tool }),
				...(ip && { allowed_ips: ip }),
				...(expires !== undefined && { expires_at: expires }),
				...(metadata && { metadata }),
			};
			printNewKey(io, options, await client.keys.create(rights, { signal: io.signal }));
		});
}

function addReads(keys: Command, io: Io): void {
	withCommonOptions(keys.command('list').description('List your keys, newest first'))
		.option('--limit <count>', 'Maximum number to list', parseLimit, 50)
		.action(async ({ limit, ...options }: CommonOptions & { limit: number }) => {
			const { client } = await connectWithSession(io, options);
			const listed = await collect(limit, (page) => client.keys.list(page, { signal: io.signal }));
			if (options.json) return printJson(io, listed);
			io.stdout.write(formatTable([HEAD, ...listed.map(row)]));
		});

	withCommonOptions(keys.command('get').description('Show a key').argument('<key id>')).action(
		async (id: string, options: CommonOptions) => {
			const { client } = await connectWithSession(io, options);
			printKey(io, options, await client.keys.get(id, { signal: io.signal }));
		},
	);

	withCommonOptions(
		keys.command('events').description('Show what happened to a key').argument('<key id>'),
	).action(async (id: string, options: CommonOptions) => {
		const { client } = await connectWithSession(io, options);
		const events = await client.keys.events(id, { signal: io.signal });
		if (options.json) return printJson(io, events);
		io.stdout.write(formatTable([['WHEN', 'WHAT', 'IP'], ...events.map(eventRow)]));
	});
}

/** Prints only the key to stdout, so that a script can store it. */
function printNewKey(io: Io, options: CommonOptions, created: NewApiKey): void {
	if (options.json) {
		printJson(io, created);
		return;
	}
	io.stdout.write(`${created.key}\n`);
	if (!options.quiet) io.stderr.write(`Store this key now: it isn’t shown again. Its ID is ${created.id}.\n`);
}

function parseSeconds(text: string): number {
	const seconds = Number(text);
	if (text === '' || !Number.isInteger(seconds) || seconds < 0)
		throw new InvalidArgumentError('Must be a whole number of seconds.');
	return seconds;
}

const HEAD = ['ID', 'NAME', 'KEY', 'STATUS', 'LAST USED', 'SCOPES'];

function row({ id, name, start, last4, status, last_used_at, scopes }: ApiKey): string[] {
	return [id, name, `${start}…${last4}`, status, last_used_at ?? 'never', scopes.join(' ')];
}

function eventRow({ created_at, type, ip }: ApiKeyEvent): string[] {
	return [created_at, type, ip ?? 'an operator'];
}
