import { expect, test } from '@jest/globals';
import { problemsOf } from './report.ts';
import { runChaos } from './run-chaos.ts';

/** `npm run chaos` runs many random rounds. This is one short round, the same each time. */
const SEED = Number(process.env.CHAOS_SEED ?? 1);
const FAULTS = 5;

test(`nothing that was accepted is lost, stuck or doubled while ${FAULTS} parts break (CHAOS_SEED=${SEED})`, async () => {
	const lines: string[] = [];
	const say = (line: string) => void lines.push(line);
	const report = await runChaos({ seed: SEED, rounds: 1, faultsPerRound: FAULTS, say });
	const problems = problemsOf(report, Number.POSITIVE_INFINITY);
	expect(problems.length > 0 ? [...problems, ...lines] : []).toEqual([]);
	expect(report.faults).toBe(FAULTS);
});
