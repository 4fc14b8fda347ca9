/** NaN for no values. */
export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length / 2;
	const [low = Number.NaN, high = Number.NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
	return (low + high) / 2;
}

export function mean(values: readonly number[]): number {
	return sum(values) / values.length;
}

export function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}

export function geometricMean(values: readonly number[]): number {
	return Math.exp(mean(values.map((value) => Math.log(value))));
}

/** Returns the smallest value that at least 99% of the values don't exceed; NaN for no values. */
export function p99(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.max(0, Math.ceil(0.99 * sorted.length) - 1)] ?? Number.NaN;
}

/** Splits values, in order, into parts whose lengths differ by one at most. */
export function split<T>(values: readonly T[], parts: number): T[][] {
	const start = (part: number) => Math.round((part * values.length) / parts);
	return Array.from({ length: parts }, (_, part) => values.slice(start(part), start(part + 1)));
}
