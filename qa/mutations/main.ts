import { createCommand } from '../driver/options.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutants.ts';
import { type Trial, tryMutants } from './try-mutants.ts';
import type { Verdict } from './verdict.ts';

const command = createCommand('npm run test:mutations --')
	.description('Removes one protection at a time from a copy of the code and reports which test fails.')
	.argument(
		'[word...]',
		'only mutants of this package (apps/auth), or with this in their name, symbol or test',
	)
	.option('--quick', 'only the mutants that npm test runs')
	.addHelpText(
		'after',
		"\nA mutant whose code doesn't load or start is invalid, because its test didn't run.",
	)
	.parse();

/** Tries mutants in the copy of the repository that MUTANT_TREE names. Exits with 1 unless a test kills each of them. */
async function main(words: readonly string[], isQuick: boolean): Promise<number> {
	const { MUTANT_TREE: root } = process.env;
	if (root === undefined) throw new Error('MUTANT_TREE must name a copy of the repository');
	const stop = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());

	const isChosen = (mutant: Mutant) =>
		(!isQuick || mutant.isQuick === true) && (words.length === 0 || hasAny(mutant, words));
	const chosen = MUTANTS.filter(isChosen);
	const trials = await tryMutants(chosen, { root, stop: stop.signal, onTrial: printTrial });
	const count = (kind: Verdict['kind']) => trials.filter(({ verdict }) => verdict.kind === kind).length;
	const killed = count('killed');
	print(
		`\n${killed} of ${chosen.length} mutants are killed by their test, ${count('survived')} survive, ${count('invalid')} are invalid`,
	);
	return killed === chosen.length && killed > 0 ? 0 : 1;
}

/** A word that begins with `apps/` or `packages/` is the directory of a package. */
function hasAny({ name, mutations, test }: Mutant, words: readonly string[]): boolean {
	const texts = [name, test, ...mutations.map(({ symbol }) => symbol)];
	const packages = mutations.map(({ packageName }) => packageName);
	return words.some((word) => {
		const directory = /^(?:apps|packages)\/([^/]+)/.exec(word)?.[1];
		return packages.includes(directory ?? word) || texts.some((text) => text.includes(word));
	});
}

function printTrial({ mutant: { name, mutations, test }, suite, verdict }: Trial): void {
	const where = mutations.map(({ packageName, symbol }) => `${packageName}: ${symbol}`).join(', ');
	const trial = `${name} (${where}), ${suite}: ${test}`;
	if (verdict.kind === 'killed') print(`killed: ${trial}`);
	else if (verdict.kind === 'survived') print(`\nSURVIVED: ${trial}\n${verdict.output}\n`);
	else print(`\nINVALID: ${trial}: ${verdict.why}\n${verdict.output}\n`);
}

function print(line: string): void {
	process.stdout.write(`${line}\n`);
}

process.exitCode = await main(command.args, command.opts().quick === true);
