import { parseArgs } from 'node:util';
import { loadCatalogue } from '@creatorr/tools/catalogue';
import { mapConcurrently } from '../driver/map-concurrently.ts';
import { titledCases } from './families/all.ts';
import { openRunner } from './run-case.ts';
import { openWorld } from './world.ts';

/**
 * Runs every hostile file through the tools as the worker does, and prints how each ended. `--only TEXT` chooses files with this
 * text in their name, and may be repeated; `--jobs N` sets how many run at once. Exits with 1 when a file ends in a way that its family doesn't expect.
 */
async function main(): Promise<number> {
	const { values } = parseArgs({
		options: {
			only: { type: 'string', multiple: true, default: [] },
			jobs: { type: 'string', default: '2' },
		},
	});
	const jobs = Number(values.jobs);
	const world = await openWorld();
	const runner = await openRunner(world, jobs);
	try {
		const manifests = [...(await loadCatalogue()).values()];
		const cases = titledCases(world, manifests)
			.flat()
			.filter(({ title }) => values.only.every((text) => title.includes(text)));
		const verdicts = await mapConcurrently(cases, jobs, async ({ one, title }) => {
			const startedAtMs = performance.now();
			const verdict = await runner.judge(one);
			const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6);
			say(`${verdict ? 'FAILED' : 'ok    '} ${seconds} s  ${title}${verdict ? `\n        ${verdict}` : ''}`);
			return verdict;
		});
		const failed = verdicts.filter((verdict) => verdict !== undefined).length;
		say(`${cases.length - failed} of ${cases.length} files ended as expected, ${failed} did not`);
		return failed === 0 && cases.length > 0 ? 0 : 1;
	} finally {
		await runner.close();
		await world.close();
	}
}

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
process.exitCode = await main();
