import type { ApiKeyChange, Scope } from '@creatorr/client';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { connectWithSession } from '../session/connect.ts';
import { type CommonOptions, withCommonOptions } from './common-options.ts';
import { printKey } from './print-key.ts';

const SCOPES: readonly Scope[] = [
	...(['files:read', 'files:write', 'jobs:read', 'jobs:write'] as const),
	...(['webhooks:read', 'webhooks:write', 'usage:read'] as const),
];

type Metadata = NonNullable<ApiKeyChange['metadata']>;

/** The values `all`, `any`, `never` and `none` remove a restriction, or all metadata. None of them is a valid value of its option. */
interface UpdateOptions {
	name?: string;
	scope?: Scope[];
	tool?: string[];
	ip?: string[];
	expires?: string;
	metadata?: Metadata;
}

/** Adds `creatorr keys update`. */
export function addUpdateCommand(keys: Command, io: Io): void {
	withCommonOptions(keys.command('update').description('Update an active key').argument('<key id>'))
		.option('--name <name>', 'What the key is for')
		.addOption(scopeOption())
		.option('--tool <slugs...>', 'Tools that it may use, or “all”', collectList)
		.option('--ip <ranges...>', 'IP addresses or CIDR ranges that it works from, or “any”', collectList)
		.option('--expires <time>', 'When it stops working, such as 2030-01-31T00:00:00Z, or “never”')
		.addOption(metadataOption('Key-value pairs that replace all earlier ones, or “none”'))
		.action(async (id: string, options: CommonOptions & UpdateOptions) => {
			const change = changeOf(options);
			if (Object.keys(change).length === 0)
				throw new UsageError("Say what to change, for example --name 'Build server'.");
			const { client } = await connectWithSession(io, options);
			printKey(io, options, await client.keys.update(id, change, { signal: io.signal }));
		});
}

/** Returns the option `--scope files:read files:write`. */
export function scopeOption(): Option {
	return new Option('--scope <scopes...>', 'What it may do').choices(SCOPES).argParser(collectScopes);
}

function collectScopes(text: string, before?: string[]): string[] {
	const words = collectList(text, before);
	if (words.every((word) => (SCOPES as readonly string[]).includes(word))) return words;
	throw new InvalidArgumentError(`Allowed choices are ${SCOPES.join(', ')}.`);
}

/** Adds the words of an option that takes several, separated by spaces or commas. */
export function collectList(text: string, before: string[] = []): string[] {
	return [...before, ...text.split(',')];
}

/** Returns the option `--metadata team=web stage=test`. */
export function metadataOption(description: string): Option {
	return new Option('--metadata <name=value...>', description).argParser(collectMetadata);
}

function collectMetadata(text: string, before: Metadata = {}): Metadata {
	if (text === 'none') return {};
	const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
	if (name === undefined || value === undefined)
		throw new InvalidArgumentError('Must be a name and a value, such as team=web.');
	return { ...before, [name]: value };
}

function changeOf({ name, scope, tool, ip, expires, metadata }: UpdateOptions): ApiKeyChange {
	return {
		...(name !== undefined && { name }),
		...(scope && { scopes: scope }),
		...(tool && { tools: tool.join() === 'all' ? null : tool }),
		...(ip && { allowed_ips: ip.join() === 'any' ? null : ip }),
		...(expires !== undefined && { expires_at: expires === 'never' ? null : expires }),
		...(metadata && { metadata }),
	};
}
