/** As browsers say it: Chromium, Firefox, Safari; the last is Vite's, of a stylesheet. */
const MESSAGES = [
	'Failed to fetch dynamically imported module',
	'error loading dynamically imported module',
	'Importing a module script failed',
	'Unable to preload CSS',
];

/** Whether a part of the app could not be fetched: no connection, or a newer version has replaced it. */
export function isChunkError(error: unknown): boolean {
	return error instanceof Error && MESSAGES.some((message) => error.message.includes(message));
}
