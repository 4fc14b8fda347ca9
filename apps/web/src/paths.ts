/** The paths of all pages: the app routes them, and the gateway serves the app under them, and with 404 under any other path. */
export const PAGES = [
	'/',
	'/account',
	'/docs',
	'/files',
	'/forgot-password',
	'/history',
	'/reset-password',
	'/sign-in',
	'/sign-up',
	'/tools/:slug',
	'/verify-email',
] as const;

export type PagePath = (typeof PAGES)[number];
