/** The paths of all pages: the app routes them, and the gateway serves the app under them and under nothing else. */
export const PAGES = [
	'/',
	'/account',
	'/forgot-password',
	'/reset-password',
	'/sign-in',
	'/sign-up',
	'/verify-email',
] as const;

export type PagePath = (typeof PAGES)[number];
