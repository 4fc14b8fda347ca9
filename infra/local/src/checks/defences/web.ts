import type { Defence } from './defence.ts';

const NEXT_PATH = {
	file: 'apps/web/src/shell/next-path.ts',
	suite: 'apps/web/src/shell/next-path.test.ts',
	test: 'is none',
};

/** What the web app does for whoever follows a link into it. */
export const WEB: readonly Defence[] = [
	{
		name: 'leads after signing in to nothing that names another site',
		...NEXT_PATH,
		code: 'url.origin !== origin || !isPage',
		without: '!isPage',
	},
	{
		name: 'leads after signing in to pages of the app alone',
		...NEXT_PATH,
		code: 'url.origin !== origin || !isPage',
		without: 'url.origin !== origin',
	},
];
