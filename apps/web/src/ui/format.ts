/** Formats a duration: "45 s", "2 min 5 s", "1 h 20 min". */
export function formatDuration(ms: number): string {
	const seconds = Math.max(0, Math.round(ms / 1_000));
	if (seconds < 60) return `${seconds} s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
	return minutes % 60 === 0
		? `${Math.floor(minutes / 60)} h`
		: `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** Formats a date and time in the user's locale. */
export function formatDateTime(iso: string): string {
	return dateTime.format(new Date(iso));
}

const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' });

/** Formats a date in the user's locale. */
export function formatDate(iso: string): string {
	return date.format(new Date(iso));
}

/** Returns the text up to its first period before a space. */
export function firstSentence(text: string): string {
	return text.split(/(?<=\.)\s/, 1)[0] ?? text;
}

/** Adds a period to a text that has no other end. */
export function endSentence(text: string): string {
	return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** Returns "1 file", "2 files". */
export function formatCount(count: number, one: string, many: string): string {
	return count === 1 ? `1 ${one}` : `${count.toLocaleString()} ${many}`;
}
