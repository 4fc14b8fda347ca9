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

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const { values } = parseArgs({
	options: {
		...{ seed: text, rounds: text, faults: text, json: text, 'crash-points': flag, help: flag },
		only: { type: 'string', default: '' },
	},
});

function number(name: 'seed' | 'rounds' | 'faults', standard: number): number {
	const value = Number(values[name] ?? standard);
	if (Number.isSafeInteger(value) && value >= 0) return value;
	process.stderr.write(`"${values[name]}" is not a number.\n${USAGE}`);
	process.exit(2);
}

function writeJson(report: object): void {
	if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, '\t')}\n`);
}

async function injectFaults(): Promise<string[]> {
	const seed = number('seed', Math.floor(Math.random() * 1_000_000));
	say(`seed ${seed}`);
	const counts = { rounds: number('rounds', 5), faultsPerRound: number('faults', 10) };
	const report = await runChaos({ seed, ...counts, only: values.only, say: sayWithTime });
	writeJson(report);
	say(`\n${describeReport(report)}\n`);
	return problemsOf(report);
}

async function crashEverywhere(): Promise<string[]> {
	const walked: Walked[] = [];
	const pattern = new RegExp(values.only);
	for (const site of discoverSites().filter(({ app, point }) => pattern.test(`${app} ${point}`))) {
		const one = await walkSite(site);
		walked.push(one);
		const verdict = one.problems.length === 0 ? 'as promised' : 'NOT AS PROMISED';
		sayWithTime(`${site.app} at ${site.point}: ${verdict}, ${(one.tookMs / 1000).toFixed(1)} s`);
		writeJson(walked);
	}
	say(`${walked.length} crashes`);
	return walked.flatMap(({ app, point, problems }) => problems.map((what) => `${app} at ${point}: ${what}`));
}

if (values.help) {
	say(USAGE);
	process.exit(0);
}
const problems = await (values['crash-points'] ? crashEverywhere() : injectFaults());
for (const problem of problems) say(problem);
say(problems.length === 0 ? 'All guarantees hold.' : `${problems.length} guarantees are broken.`);
process.exit(problems.length === 0 ? 0 : 1);
