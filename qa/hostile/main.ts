import { loadCatalog } from '@creatorr/tools/catalog';
import pMap from 'p-map';
import { createCommand, toWholeNumber } from '../driver/options.ts';
import { titledCases } from './families/all.ts';
import { openRunner } from './run-case.ts';
import { openWorld } from './world.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

const { only, jobs } = createCommand('npm run hostile --')
	.description('Runs every hostile file through the tools as the worker does, and prints how each ended.')
	.option(
		'--only <text>',
		'only files with this text in their name (repeatable)',
		(text, before: string[]) => [...before, text],
		[] as string[],
	)
	.option('--jobs <n>', 'how many run at once', toWholeNumber, 2)
	.addHelpText('after', '\nExits with 1 when a file ends in a way that its family does not expect.')
	.parse()
	.opts<{ only: string[]; jobs: number }>();

// Files of this process are removed when it exits.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
const world = await openWorld();
const runner = await openRunner(world, jobs);
const cases = titledCases(world, [...(await loadCatalog()).values()])
	.flat()
	.filter(({ title }) => only.every((text) => title.includes(text)));
const judge = async ({ one, title }: (typeof cases)[number]) => {
	const startedAtMs = performance.now();
	const verdict = await runner.judge(one);
	const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1).padStart(6);
	say(`${verdict ? 'FAILED' : 'ok    '} ${seconds} s  ${title}${verdict ? `\n        ${verdict}` : ''}`);
	return verdict;
};
const verdicts = await pMap(cases, judge, { concurrency: jobs });
const failed = verdicts.filter((verdict) => verdict !== undefined).length;
say(`${cases.length - failed} of ${cases.length} files ended as expected, ${failed} did not`);
await runner.close();
await world.close();
process.exitCode = failed === 0 && cases.length > 0 ? 0 : 1;
