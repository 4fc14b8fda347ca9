const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Formats bytes with at most three digits: 999 B, 4.7 MB, 12 GB. */
export function formatBytes(bytes: number): string {
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < UNITS.length - 1) {
		value /= 1_000;
		unit += 1;
	}
	return `${value < 9.95 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}

/** Formats the change of a size: `4.7 MB → 1.2 MB (−74%)`. */
export function formatChange(before: number, after: number): string {
	const percent = Math.round((after / before - 1) * 100);
	const sign = percent > 0 ? '+' : percent < 0 ? '−' : '±';
	return `${formatBytes(before)} → ${formatBytes(after)} (${sign}${Math.abs(percent)}%)`;
}
