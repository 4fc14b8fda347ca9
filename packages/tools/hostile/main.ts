import { parseArgs } from 'node:util';
import { loadCatalogue } from '../src/catalogue.ts';
import { FAMILIES } from './families/all.ts';
import { casesOf, type HostileCase } from './hostile-case.ts';
import { openRunner } from './run-case.ts';
import { openWorld } from './world.ts';

/**
 * Runs every hostile file through the tools, as the worker does, and says of each that did not come to what it has to what it
 * came to. `--only WORDS` chooses those with the words in their names; `--jobs N` runs so many at once.
 */
async function main(): Promise<number> {
	const options = { only: { type: 'string', default: '' }, jobs: { type: 'string', default: '2' } } as const;
	const { only, jobs } = parseArgs({ options }).values;
	const world = await openWorld();
	const manifests = [...(await loadCatalogue()).values()];
	const runner = await openRunner(world, Number(jobs));
	try {
		const cases = FAMILIES.flatMap((family) =>
			casesOf(family, world, manifests).map((one) => ({ one, title: `${family.name}: ${one.name}` })),
		).filter(({ title }) => title.includes(only));
		const failed = await runAll(cases, Number(jobs), runner.judge);
		say(`${cases.length - failed} of ${cases.length} came to what they have to, ${failed} did not`);
		return failed === 0 && cases.length > 0 ? 0 : 1;
	} finally {
		await runner.close();
		await world.close();
	}
}

async function runAll(
	cases: readonly { one: HostileCase; title: string }[],
	jobs: number,
	judge: (one: HostileCase) => Promise<string | undefined>,
): Promise<number> {
	const waiting = [...cases];
	let failed = 0;
	const work = async () => {
		for (let next = waiting.shift(); next; next = waiting.shift()) {
			const startedAtMs = performance.now();
			const verdict = await judge(next.one);
			const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
			if (verdict) failed += 1;
			say(
				`${verdict ? 'NOT SO' : 'ok    '} ${seconds.padStart(6)} s  ${next.title}${verdict ? `\n        ${verdict}` : ''}`,
			);
		}
	};
	await Promise.all(Array.from({ length: jobs }, work));
	return failed;
}

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main();
