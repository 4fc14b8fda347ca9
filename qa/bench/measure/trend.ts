/** What rises by this much a unit of x, by least squares; NaN for fewer than two points. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
	const meanX = points.reduce((total, [x]) => total + x, 0) / points.length;
	const meanY = points.reduce((total, [, y]) => total + y, 0) / points.length;
	const covariance = points.reduce((total, [x, y]) => total + (x - meanX) * (y - meanY), 0);
	const variance = points.reduce((total, [x]) => total + (x - meanX) ** 2, 0);
	return covariance / variance;
}

/** The values in so many parts of equal length, in their order; a part is empty where there are fewer values. */
export function inParts<T>(values: readonly T[], count: number): T[][] {
	return Array.from({ length: count }, (_, part) =>
		values.slice(
			Math.round((part * values.length) / count),
			Math.round(((part + 1) * values.length) / count),
		),
	);
}
