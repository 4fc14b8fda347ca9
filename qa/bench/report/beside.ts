import type { BarChart } from './chart.ts';

interface Pair {
	label: string;
	theirs: number;
	ours: number;
}

/** Two bars for each file: what others make of it, and what we do. */
export function besideChart(
	{ title, unit, theirs: name }: { title: string; unit: string; theirs: string },
	pairs: readonly Pair[],
): BarChart {
	return {
		...{ kind: 'bars', title, unit },
		bars: pairs.flatMap(({ label, theirs, ours }) => [
			{ label: `${label}: ${name}`, value: theirs },
			{ label: 'ours', value: ours },
		]),
	};
}
