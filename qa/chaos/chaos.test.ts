import { expect, test } from '@jest/globals';
import { problemsOf } from './report.ts';
import { runChaos } from './run-chaos.ts';

/** The whole proof is `npm run chaos`; a run of all the tests takes one short round, the same each time. */
const SEED = Number(process.env.CHAOS_SEED ?? 1);
const FAULTS = 8;

test(`nothing that was accepted is lost, stuck or doubled while ${FAULTS} parts break (CHAOS_SEED=${SEED})`, async () => {
	const lines: string[] = [];
	const report = await runChaos({
		seed: SEED,
		rounds: 1,
		faultsPerRound: FAULTS,
		say: (line) => lines.push(line),
	});
	expect({
		problems: problemsOf(report, Number.POSITIVE_INFINITY),
		lines: report.findings.length > 0 ? lines : [],
	}).toEqual({
		problems: [],
		lines: [],
	});
	expect(report.faults).toBe(FAULTS);
});
