import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { CommandError } from '../supervisor/command-error.ts';

const USAGE = `Usage: npm test [-- [NAME] [--full]]

  NAME     runs only the checks whose name contains it, such as apps/files
  --full   runs every case of the long suites, which takes more than an hour, and the rehearsal of a full disk

Without --full, a seed chooses cases of the long suites. TEST_SEED=N npm test repeats the choice of the run that printed N.
`;
const SEEDS = 1_000_000;

export type TestOptions = {
	/** Part of the names of the checks to run; empty for all. */
	filter: string;
	/** Chooses cases of the long suites; every case runs without it. */
	seed: string | undefined;
};

/**
 * Reads the arguments of `npm test`. The seed is that of `TEST_SEED`, or a random one.
 * @throws CommandError that shows the usage
 */
export function parseTestOptions(args: string[], { TEST_SEED = '' }: NodeJS.ProcessEnv): TestOptions {
	const { values, positionals } = readArguments(args);
	const [filter = '', ...more] = positionals;
	if (more.length > 0) throw new CommandError(USAGE, { exitCode: 2 });
	if (values.full) return { filter, seed: undefined };
	return { filter, seed: TEST_SEED === '' ? String(randomInt(SEEDS)) : TEST_SEED };
}

function readArguments(args: string[]) {
	try {
		return parseArgs({ args, options: { full: { type: 'boolean' } }, allowPositionals: true });
	} catch {
		throw new CommandError(USAGE, { exitCode: 2 });
	}
}

/** Returns the variable that `slice` of `@creatorr/testing` reads in the suites. */
export function seedVariable(seed: string | undefined): Record<string, string> {
	return seed === undefined ? {} : { TEST_SEED: seed };
}
