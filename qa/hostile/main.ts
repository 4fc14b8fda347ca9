import { parseArgs } from 'node:util';
import { loadCatalogue } from '@creatorr/tools/catalogue';
import { mapConcurrently } from '../driver/map-concurrently.ts';
import { FAMILIES } from './families/all.ts';
import { casesOf, type HostileCase } from './hostile-case.ts';
import { openRunner } from './run-case.ts';
import { openWorld } from './world.ts';

/**
 * Runs every hostile file through the tools as the worker does, and prints how each ended. `--only TEXT` chooses files with this
 * text in their name, and may be repeated; `--jobs N` sets how many run at once. Exits with 1 when a file ends in a way that its family doesn't expect.
 */
async function main(): Promise<number> {
	const options = {
		only: { type: 'string', multiple: true, default: [] as string[] },
		jobs: { type: 'string', default: '2' },
	} as const;
	const { only, jobs } = parseArgs({ options }).values;
	const world = await openWorld();
	const manifests = [...(await loadCatalogue()).values()];
	const runner = await openRunner(world, Number(jobs));
	try {
		const cases = FAMILIES.flatMap((family) =>
			casesOf(family, world, manifests).map((one) => ({ one, title: `${family.name}: ${one.name}` })),
		).filter(({ title }) => only.every((text) => title.includes(text)));
		const failed = await runAll(cases, Number(jobs), runner.judge);
		say(`${cases.length - failed} of ${cases.length} files ended as expected, ${failed} did not`);
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
	const verdicts = await mapConcurrently(cases, jobs, async ({ one, title }) => {
		const startedAtMs = performance.now();
		const verdict = await judge(one);
		const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6);
		say(`${verdict ? 'FAILED' : 'ok    '} ${seconds} s  ${title}${verdict ? `\n        ${verdict}` : ''}`);
		return verdict;
	});
	return verdicts.filter((verdict) => verdict !== undefined).length;
}

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main();
