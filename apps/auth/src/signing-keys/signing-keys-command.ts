import {
	CommandError,
	type CommandLine,
	type OperatorCommand,
	UsageError,
} from '@creatorr/service/operator-command';
import type { Database } from '../database.sql.ts';
import { addNextKey, type DescribedKey, describeKeys, type NextKey, retireKey } from './signing-keys.sql.ts';
import { nextKey, PUBLISHED_BEFORE_SIGNING_SECONDS, type SigningKeyRules } from './signing-keys.ts';

export const HELP = `Signing keys of user tokens, for operators.
Runs with the environment of the auth service. docs/runbooks/key-rotation.md shows how.

  node apps/auth/src/signing-keys.ts list [--json]
      Lists all keys and shows which one signs.

  node apps/auth/src/signing-keys.ts rotate [--signs-in SECONDS]
      Adds a key. It is published now and starts to sign in ${PUBLISHED_BEFORE_SIGNING_SECONDS} s, or as --signs-in says. The previous
      key keeps verifying its tokens until they have expired. Nobody is signed out.

  node apps/auth/src/signing-keys.ts retire KID
      Ends a key that may be compromised. Every gateway rejects its tokens within 15 s, usually within 3 s,
      and their users have to sign in again.

rotate and retire are recorded in security_events under the operator's name: --by NAME, or the user of the operating system.
Exit codes: 0 done; 1 not done, for example because there is no such key; 2 wrong usage.
`;

interface CommandDeps {
	prisma: Database;
	signingKeyRules: SigningKeyRules;
}

function stateOf(key: DescribedKey, signing: DescribedKey | undefined, now: Date): string {
	if (key === signing) return 'signs';
	if (key.expiresAt && key.expiresAt <= now) return `ended ${key.expiresAt.toISOString()}`;
	if (key.signsFrom > now) return `signs from ${key.signsFrom.toISOString()}`;
	return `verifies until ${key.expiresAt?.toISOString() ?? 'it is replaced'}`;
}

async function list({ prisma }: CommandDeps): Promise<object> {
	const now = new Date();
	const all = await describeKeys(prisma);
	const signing = all.find((key) => key.signsFrom <= now && (!key.expiresAt || key.expiresAt > now));
	const keys = all.map((key) => ({
		kid: key.kid,
		created_at: key.createdAt,
		state: stateOf(key, signing, now),
	}));
	return { keys };
}

function nextKeyBy(line: CommandLine, signingKeyRules: SigningKeyRules, signsInSeconds?: number): NextKey {
	return { ...nextKey(signingKeyRules, signsInSeconds), by: { name: line.operator(), reason: null } };
}

async function rotate({ prisma, signingKeyRules }: CommandDeps, line: CommandLine): Promise<object> {
	const seconds = Number(line.values['signs-in'] ?? PUBLISHED_BEFORE_SIGNING_SECONDS);
	if (!Number.isInteger(seconds) || seconds < 0)
		throw new UsageError('--signs-in needs a whole number of seconds, 0 or more.');
	const kid = await addNextKey(prisma, nextKeyBy(line, signingKeyRules, seconds));
	return { kid, signs_in_seconds: seconds };
}

async function retire({ prisma, signingKeyRules }: CommandDeps, line: CommandLine): Promise<object> {
	const [kid = ''] = line.positionals;
	if (!(await retireKey(prisma, kid, nextKeyBy(line, signingKeyRules))))
		throw new CommandError(`No such active key: ${kid}.`);
	return { kid, state: 'ended' };
}

export function signingKeysCommands(deps: CommandDeps): Record<string, OperatorCommand> {
	const none = { min: 0, max: 0 };
	return {
		list: { positionals: none, options: [], run: () => list(deps) },
		rotate: { positionals: none, options: ['signs-in'], run: (line) => rotate(deps, line) },
		retire: { positionals: { min: 1, max: 1 }, options: [], run: (line) => retire(deps, line) },
	};
}
