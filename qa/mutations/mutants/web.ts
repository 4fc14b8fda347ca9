import { inPackage, type Mutant } from '../mutant.ts';
import { dropOperand } from '../operators.ts';

const web = inPackage('web');

/** What the web app does for people who follow a link into it. */
export const WEB: readonly Mutant[] = [
	{
		name: 'leads after signing in to nothing that names another site',
		mutations: [web('nextPath', dropOperand('url', 'origin'))],
		test: 'as a next path',
	},
	{
		name: 'leads after signing in to pages of the app alone',
		mutations: [web('nextPath', dropOperand('isPage'))],
		test: 'as a next path',
	},
];
