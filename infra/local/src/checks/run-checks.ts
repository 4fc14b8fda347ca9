import { inspect } from 'node:util';
import pMap, { pMapSkip } from 'p-map';
import { say } from '../stack/command.ts';
import type { Check, Outcome } from './check.ts';

/** The names of the checks that take about a minute or more, the longest first. */
const LONGEST = [
	'packages/tools',
	'qa/acceptance',
	'qa/acceptance/web',
	'apps/auth',
	'apps/jobs',
	'apps/files',
	'apps/gateway',
	'qa/chaos',
	'rehearsal of a full disk',
	'apps/billing',
	'infra/local',
	'qa/mutations',
];

/** Sorts checks so that all of them end soonest: a long check that starts last would run alone at the end. */
export function longestFirst(checks: readonly Check[]): Check[] {
	const rank = ({ name }: Check) => (LONGEST.includes(name) ? LONGEST.indexOf(name) : LONGEST.length);
	return checks.toSorted((one, other) => rank(one) - rank(other));
}

/**
 * Runs checks, `concurrency` at a time, and prints a line for each as it ends, with its output when it failed.
 * Checks that have not begun when `stop` aborts are left out.
 */
export async function runChecks(
	checks: Check[],
	{ concurrency, stop }: { concurrency: number; stop: AbortSignal },
): Promise<Outcome[]> {
	const run = (check: Check) => (stop.aborted ? pMapSkip : runOne(check, stop));
	return await pMap(checks, run, { concurrency });
}

async function runOne({ name, run }: Check, stop: AbortSignal): Promise<Outcome> {
	const startedAt = Date.now();
	const outcome = await run(stop).catch((error: unknown) => {
		return { passed: 0, failed: 1, output: inspect(error) };
	});
	const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
	if (outcome.failed > 0) say(`\nFAILED ${name}, output:\n${outcome.output}\n`);
	say(
		`${outcome.failed > 0 ? 'FAILED' : 'passed'}  ${name}: ${outcome.passed} passed, ${outcome.failed} failed (${seconds} s)`,
	);
	return outcome;
}
