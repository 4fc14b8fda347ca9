import { exceeds, type Measure } from './measure.ts';

/** Formats the measures as lines for a terminal. */
export function table(measures: readonly Measure[]): string {
	const width = Math.max(0, ...measures.map(({ what }) => what.length));
	const lines = measures.map((measure) => {
		const { what, measured, budget, unit } = measure;
		const amount = `${rounded(measured)} of ${budget} ${unit}`.trimEnd();
		return `${what.padEnd(width)}  ${amount.padEnd(16)}${exceeds(measure) ? '  TOO MUCH' : ''}`.trimEnd();
	});
	return lines.join('\n');
}

function rounded(value: number): string {
	return Number.isInteger(value) ? String(value) : value.toFixed(value < 1 ? 3 : 1);
}
