const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Formats a size in decimal units, with at most one digit after the point, as the client does: "999 B", "1.2 MB", "50 GB". */
export function formatBytes(bytes: number): string {
	return formatSize(bytes, 1);
}

/** Formats a size above a limit, with as many digits as tell them apart: "550.3 MB" for a limit of "550 MB". */
export function formatBytesAbove(limit: number, bytes: number): string {
	const limitText = formatBytes(limit);
	const texts = [1, 3, 6, 9].map((digits) => formatSize(bytes, digits));
	return texts.find((text) => text !== limitText) ?? `${formatNumber(bytes)} B`;
}

function formatSize(bytes: number, digits: number): string {
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < UNITS.length - 1) {
		value /= 1_000;
		unit += 1;
	}
	const isLarge = value >= 99.5 && digits === 1;
	// "50 GB" instead of "50.0 GB"
	return `${Number(value.toFixed(isLarge ? 0 : digits))} ${UNITS[unit]}`;
}

/** Formats seconds in the largest unit that fits: 36,000 as "10 hours", 5,430 as "90 minutes". */
export function formatDuration(seconds: number): string {
	if (seconds >= 3_600 && seconds % 3_600 === 0) return count(seconds / 3_600, 'hour');
	if (seconds >= 60) return count(Math.floor(seconds / 60), 'minute');
	return count(Math.round(seconds), 'second');
}

/** Formats how long to wait, rounded up: 45 as "45 seconds", 61 as "2 minutes". */
export function formatWait(seconds: number): string {
	return seconds > 60 ? count(Math.ceil(seconds / 60), 'minute') : count(Math.ceil(seconds), 'second');
}

function count(amount: number, unit: string): string {
	return `${formatNumber(amount)} ${unit}${amount === 1 ? '' : 's'}`;
}

export function formatNumber(amount: number): string {
	return amount.toLocaleString('en');
}
