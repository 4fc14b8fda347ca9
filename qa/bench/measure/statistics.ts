import * as statistics from 'simple-statistics';

/** NaN for no values, which a section shows as not measured. */
const orNaN = (reduce: (values: number[]) => number) => (values: readonly number[]) =>
	values.length === 0 ? Number.NaN : reduce([...values]);

export const median = orNaN(statistics.median);
export const p99 = orNaN((values) => statistics.quantile(values, 0.99));
export const mean = orNaN(statistics.mean);
export const geometricMean = orNaN(statistics.geometricMean);
export const sum = (values: readonly number[]) => statistics.sum([...values]);

/** Returns the slope of the least-squares line. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
	return statistics.linearRegression(points.map((point) => [...point])).m;
}

/** Splits values, in order, into parts whose lengths differ by one at most. */
export function split<T>(values: readonly T[], parts: number): T[][] {
	const start = (part: number) => Math.round((part * values.length) / parts);
	return Array.from({ length: parts }, (_, part) => values.slice(start(part), start(part + 1)));
}
