const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Formats 120 s as `2m`, for a column. */
export function shortAge(seconds: number): string {
	if (seconds < 90) return `${Math.round(seconds)}s`;
	if (seconds < 90 * 60) return `${Math.round(seconds / 60)}m`;
	if (seconds < 36 * 3_600) return `${Math.round(seconds / 3_600)}h`;
	return `${Math.round(seconds / 86_400)}d`;
}

export function shortSize(bytes: number): string {
	let [value, unit] = [bytes, 0];
	while (value >= 1024 && unit < SIZES.length - 1) {
		value /= 1024;
		unit += 1;
	}
	return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${SIZES[unit]}`;
}
