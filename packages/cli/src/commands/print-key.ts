import type { ApiKey } from '@creatorr/client';
import { printJson } from '../display/print.ts';
import { formatTable } from '../display/table.ts';
import type { Io } from '../io.ts';
import type { CommonOptions } from './common-options.ts';

/** Prints everything about a key, but not the key itself. */
export function printKey(io: Io, options: CommonOptions, key: ApiKey): void {
	if (options.json) printJson(io, key);
	else if (!options.quiet) io.stdout.write(formatTable(describe(key)));
}

function describe(key: ApiKey): string[][] {
	const { last_used_at: usedAt, last_used_ip: ip } = key;
	return [
		['ID', key.id],
		['name', key.name],
		['key', `${key.start}…${key.last4}`],
		['status', key.status],
		['scopes', key.scopes.join(' ')],
		['tools', key.tools?.join(' ') ?? 'all'],
		['IP addresses', key.allowed_ips?.join(' ') ?? 'any'],
		...Object.entries(key.metadata).map(([name, value]) => ['metadata', `${name}=${value}`]),
		['created', key.created_at],
		['expires', key.expires_at ?? 'never'],
		['last used', usedAt === null ? 'never' : `${usedAt} from ${ip}`],
		...(key.replaces === undefined ? [] : [['replaces', key.replaces]]),
	];
}
