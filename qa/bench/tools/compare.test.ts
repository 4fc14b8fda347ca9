import { expect, test } from '@jest/globals';
import type { Sample } from '../samples/samples.ts';
import { compare, type ToolBench, unexpectedEnds } from './compare.ts';

const sample = (label: string, end: string): Sample => ({
	...{ tool: 'compress_heavy', path: `/samples/${label}`, label, mimeType: 'application/pdf', params: {} },
	expect: [end],
});

/** Returns a bench of one sample, whose runs end as `outcome`. */
function benchOf(one: Sample, outcome: string) {
	const ran: string[] = [];
	const run = async ({ label }: Sample) => {
		ran.push(label);
		return { outcome, message: '' };
	};
	const bench = { samples: [one], runner: { run } } as unknown as ToolBench;
	return { bench, ran };
}

const inspections = { commands: () => [], inspect: () => async () => undefined };

test.each([
	['unsupported_input', 0],
	['succeeded', 1],
])(
	'a signed file that must be refused and ends as %s counts as %d unexpected ends',
	async (outcome, count) => {
		const { bench, ran } = benchOf(sample('signed.pdf', 'unsupported_input'), outcome);
		const compared = await compare(bench, inspections);
		expect(compared).toEqual([]);
		expect((await unexpectedEnds(bench, compared)).value).toBe(count);
		expect(ran).toEqual(['signed.pdf']);
	},
);
