/** The messages of Chromium, Firefox, Safari, and of Vite for stylesheets. */
const MESSAGES = [
	'Failed to fetch dynamically imported module',
	'error loading dynamically imported module',
	'Importing a module script failed',
	'Unable to preload CSS',
];

/** Whether a chunk of the app could not be loaded: offline, or replaced by a new release. */
export function isChunkError(error: unknown): boolean {
	return error instanceof Error && MESSAGES.some((message) => error.message.includes(message));
}
