import { inPackage, type Mutant } from '../mutant.ts';
import { dropOperand } from '../operators.ts';

const web = inPackage('web');

/** Redirects of the web app after signing in. */
export const WEB: readonly Mutant[] = [
	{
		name: 'redirects to no other site after signing in',
		mutations: [web('nextPath', dropOperand('url', 'origin'))],
		test: 'as a next path',
	},
	{
		name: 'redirects only to pages of the app after signing in',
		mutations: [web('nextPath', dropOperand('isPage'))],
		test: 'as a next path',
	},
];
