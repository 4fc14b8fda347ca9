/** The paths of all pages. The gateway serves the app with 200 on these, and with 404 on any other path. */
export const PAGES = [
	'/',
	'/account',
	'/account/api-keys',
	'/account/webhooks',
	'/docs',
	'/docs/errors/:code',
	'/files',
	'/forgot-password',
	'/history',
	'/pricing',
	'/privacy',
	'/reset-password',
	'/sign-in',
	'/sign-up',
	'/status',
	'/terms',
	'/tools/:slug',
	'/verify-email',
] as const;

export type PagePath = (typeof PAGES)[number];
