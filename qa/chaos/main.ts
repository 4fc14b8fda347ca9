import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { discoverSites } from './crash/discover.ts';
import { type Walked, walkSite } from './crash/walk.ts';
import { describeReport, problemsOf } from './report.ts';
import { runChaos } from './run-chaos.ts';

const USAGE = `npm run chaos -- [--seed N] [--rounds N] [--faults N] [--only REGEX] [--json FILE]
npm run chaos -- --crash-points [--only REGEX] [--json FILE]

  --seed N        reproduce the faults of an earlier run (default: random)
  --rounds N      number of rounds of faults, with a pause after each (default: 5)
  --faults N      faults per round (default: 10)
  --crash-points  instead, kill each process at each of its crash points, one by one
  --only REGEX    only faults whose "kind target" matches, or crash points whose "app point" matches
  --json FILE     also write the results as JSON
`;

const say = (line: string) => void process.stdout.write(`${line}\n`);
const sayWithTime = (line: string) => say(`${new Date().toTimeString().slice(0, 8)}  ${line}`);

const { values } = parseArgs({
	options: {
		seed: { type: 'string' },
		rounds: { type: 'string' },
		faults: { type: 'string' },
		'crash-points': { type: 'boolean' },
		only: { type: 'string', default: '' },
		json: { type: 'string' },
		help: { type: 'boolean' },
	},
});

function number(text: string | undefined, standard: number): number {
	const value = text === undefined ? standard : Number(text);
	if (Number.isSafeInteger(value) && value >= 0) return value;
	process.stderr.write(`"${text}" is not a number.\n${USAGE}`);
	process.exit(2);
}

function keep(report: object): void {
	if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, '\t')}\n`);
}

/** @returns what is not as promised, in words */
async function breakParts(): Promise<string[]> {
	const seed = number(values.seed, Math.floor(Math.random() * 1_000_000));
	say(`seed ${seed}`);
	const rounds = number(values.rounds, 5);
	const faultsPerRound = number(values.faults, 10);
	const report = await runChaos({ seed, rounds, faultsPerRound, only: values.only, say: sayWithTime });
	keep(report);
	say(`\n${describeReport(report)}\n`);
	return problemsOf(report);
}

/** @returns the same */
async function crashEverywhere(): Promise<string[]> {
	const walked: Walked[] = [];
	for (const site of discoverSites()) {
		if (!new RegExp(values.only).test(`${site.app} ${site.point}`)) continue;
		const one = await walkSite(site);
		walked.push(one);
		const verdict = one.problems.length === 0 ? 'as promised' : 'NOT AS PROMISED';
		sayWithTime(`${site.app} at ${site.point}: ${verdict}, ${(one.tookMs / 1000).toFixed(1)} s`);
		keep(walked);
	}
	say(`${walked.length} crashes`);
	return walked.flatMap(({ app, point, problems }) => problems.map((what) => `${app} at ${point}: ${what}`));
}

if (values.help) {
	say(USAGE);
	process.exit(0);
}
const problems = await (values['crash-points'] ? crashEverywhere() : breakParts());
for (const problem of problems) say(problem);
say(problems.length === 0 ? 'All guarantees hold.' : `${problems.length} guarantees are broken.`);
process.exit(problems.length === 0 ? 0 : 1);
