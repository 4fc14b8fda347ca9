import { parseArgs } from 'node:util';
import { UsageError } from '@creatorr/service/operator-command';
import type { Database } from '../database.sql.ts';
import { addNextKey, type DescribedKey, describeKeys, retireKey } from './signing-keys.sql.ts';
import { type KeyRules, nextKey, PUBLISHED_BEFORE_SIGNING_SECONDS } from './signing-keys.ts';

const HELP = `Signing keys of user tokens. Runs with the environment of the auth service.

  node apps/auth/src/keys.ts list
      Lists all keys and shows which one signs.

  node apps/auth/src/keys.ts rotate [--signs-in SECONDS]
      Adds a key. It is published now and starts to sign in ${PUBLISHED_BEFORE_SIGNING_SECONDS} s, or as --signs-in says. The previous
      key keeps verifying its tokens until they have expired. Nobody is signed out.

  node apps/auth/src/keys.ts retire KID
      Ends a key that may be compromised. Every gateway rejects its tokens within 15 s, usually within 3 s,
      and their users have to sign in again.
`;

interface CommandDeps {
	prisma: Database;
	keyRules: KeyRules;
	print(line: string): void;
}

function stateOf(key: DescribedKey, signing: DescribedKey | undefined, now: Date): string {
	if (key === signing) return 'signs';
	if (key.expiresAt && key.expiresAt <= now) return `ended ${key.expiresAt.toISOString()}`;
	if (key.signsFrom > now) return `signs from ${key.signsFrom.toISOString()}`;
	return `verifies until ${key.expiresAt?.toISOString() ?? 'it is replaced'}`;
}

async function list({ prisma, print }: CommandDeps): Promise<void> {
	const now = new Date();
	const all = await describeKeys(prisma);
	const signing = all.find((key) => key.signsFrom <= now && (!key.expiresAt || key.expiresAt > now));
	for (const key of all)
		print(`${key.kid}  created ${key.createdAt.toISOString()}  ${stateOf(key, signing, now)}`);
}

async function rotate({ prisma, keyRules, print }: CommandDeps, signsIn: string | undefined): Promise<void> {
	const seconds = signsIn === undefined ? PUBLISHED_BEFORE_SIGNING_SECONDS : Number(signsIn);
	if (!Number.isInteger(seconds) || seconds < 0)
		throw new UsageError('--signs-in needs a whole number of seconds, 0 or more.');
	const kid = await addNextKey(prisma, nextKey(keyRules, seconds));
	print(`${kid} is published. It starts to sign in ${seconds} s.`);
}

async function retire({ prisma, keyRules, print }: CommandDeps, kid: string): Promise<void> {
	if (!(await retireKey(prisma, kid, nextKey(keyRules)))) throw new UsageError(`No such active key: ${kid}.`);
	print(`${kid} is retired.`);
}

function parse(args: string[]) {
	try {
		const options = { help: { type: 'boolean' }, 'signs-in': { type: 'string' } } as const;
		return parseArgs({ args, options, allowPositionals: true });
	} catch (error) {
		throw new UsageError(`${(error as Error).message}\n\n${HELP}`);
	}
}

/** Carries out one command. Throws a UsageError that says what was wrong about it. */
export async function runKeysCommand(deps: CommandDeps, args: string[]): Promise<void> {
	const { values, positionals } = parse(args);
	const [command, kid] = positionals;
	if (values.help) return deps.print(HELP);
	if (command === 'list' && positionals.length === 1) return await list(deps);
	if (command === 'rotate' && positionals.length === 1) return await rotate(deps, values['signs-in']);
	if (command === 'retire' && kid !== undefined && positionals.length === 2) return await retire(deps, kid);
	throw new UsageError(HELP);
}
