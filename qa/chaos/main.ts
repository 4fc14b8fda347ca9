import { createCommand, toPattern, toSeed, toWholeNumber } from '../driver/options.ts';
import { crashAndAudit } from './crash/crash-and-audit.ts';
import { findCrashTargets } from './crash/crash-targets.ts';
import { printReport, problemsOf } from './report.ts';
import { runChaos } from './run-chaos.ts';
import { runDeliveries } from './run-deliveries.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const sayWithTime = (line: string) => say(`${new Date().toTimeString().slice(0, 8)}  ${line}`);

const options = createCommand('npm run chaos --')
	.option('--seed <n>', 'reproduce the faults of an earlier run (default: random)', toSeed)
	.option('--rounds <n>', 'number of rounds of faults, with a pause after each', toWholeNumber, 5)
	.option('--faults <n>', 'faults per round', toWholeNumber, 10)
	.option('--crash-points', 'instead, kill each process at each of its crash points, one by one')
	.option('--deliveries <n>', 'instead, kill what delivers events while so many are delivered', toWholeNumber)
	.option(
		'--only <regex>',
		'only faults whose "kind target", or crash points whose "app point" matches',
		toPattern,
	)
	.parse()
	.opts();

async function injectFaults(): Promise<string[]> {
	const { seed = Math.floor(Math.random() * 1_000_000), rounds, faults: faultsPerRound, only } = options;
	say(`seed ${seed}`);
	const report = await runChaos({ seed, rounds, faultsPerRound, only, say: sayWithTime });
	printReport(report);
	return problemsOf(report);
}

async function crashEverywhere(): Promise<string[]> {
	const { only = /(?:)/ } = options;
	const targets = findCrashTargets().filter(({ app, point }) => only.test(`${app} ${point}`));
	const found: string[] = [];
	for (const target of targets) {
		const name = `${target.app} at ${target.point}`;
		const problems = await crashAndAudit(target);
		found.push(...problems.map((what) => `${name}: ${what}`));
		sayWithTime(`${name}: ${problems.length === 0 ? 'as promised' : 'NOT AS PROMISED'}`);
	}
	say(`${targets.length} crashes`);
	return found;
}

async function deliver(count: number): Promise<string[]> {
	const { kills, settledAfterMs, counts, findings } = await runDeliveries(count, sayWithTime);
	say(`\n${kills} kills, settled ${(settledAfterMs / 1000).toFixed(1)} s after the load`);
	for (const [name, found] of Object.entries(counts)) say(`${name}: ${found}`);
	return findings;
}

function run(): Promise<string[]> {
	if (options.crashPoints) return crashEverywhere();
	return options.deliveries === undefined ? injectFaults() : deliver(options.deliveries);
}

const problems = await run();
for (const problem of problems) say(problem);
say(problems.length === 0 ? 'All guarantees hold.' : `${problems.length} guarantees are broken.`);
process.exit(problems.length === 0 ? 0 : 1);
