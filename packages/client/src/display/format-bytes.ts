const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Formats a size in decimal units, with at most one digit after the point: "999 B", "1.2 MB", "50 GB". */
export function formatBytes(bytes: number): string {
	return format(bytes, 1);
}

/** Formats a size above a limit, with as many digits as tell them apart: "550.3 MB" for a limit of "550 MB". */
export function formatBytesAbove(limit: number, bytes: number): string {
	const limitText = formatBytes(limit);
	const texts = [1, 3, 6, 9].map((digits) => format(bytes, digits));
	return texts.find((text) => text !== limitText) ?? `${bytes.toLocaleString('en')} B`;
}

/** @param digits after the point. Large numbers have none by default. */
function format(bytes: number, digits: number): string {
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
