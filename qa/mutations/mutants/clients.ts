import { inPackage, type Mutant } from '../mutant.ts';
import {
	dropOperand,
	dropProperty,
	forceCondition,
	insertBefore,
	replaceProperty,
	skipMethod,
} from '../operators.ts';

const cli = inPackage('cli');
const client = inPackage('client');

/** What stands, on a person's own machine, between the session and the files there and whatever an API answers. */
export const CLIENTS: readonly Mutant[] = [
	{
		name: 'sends the token of one API to no other',
		mutations: [
			cli('connectWith', insertBefore('sessions.byApi[api] ??= Object.values(sessions.byApi)[0];', 'byApi')),
		],
		test: 'a token is sent to no other API than the one that issued it',
	},
	{
		name: 'keeps the session of the command line where nobody else can read it',
		mutations: [cli('writeSessions', dropProperty('mode', '0o600'))],
		test: 'sessions are stored readable only by their owner',
	},
	{
		name: 'lets no name of a file lead out of the directory that it is saved to',
		mutations: [client('safeName', skipMethod('replace', 'UNSAFE'))],
		test: 'safeName returns a safe file name for',
	},
	{
		name: 'writes no output to a device of Windows',
		mutations: [client('safeName', dropOperand('DEVICE'))],
		test: 'safeName returns a safe file name for',
	},
	{
		name: 'overwrites no file that nobody said to overwrite, though it came meanwhile',
		mutations: [cli('writeAtomically', forceCondition(true, 'force'))],
		test: 'a file that was created meanwhile is kept without --force',
	},
	{
		name: 'ends no session for the refusal of an older token',
		mutations: [client('createTransport', forceCondition(true, 'refused', 'currentToken'))],
		test: 'onUnauthorized ignores a late rejection of an older token',
	},
	{
		name: 'makes no job twice when an answer got lost',
		mutations: [
			client('createJobRequests', replaceProperty('Idempotency-Key', 'idempotencyKey + Math.random()')),
		],
		test: 'run retries job creation with the same key',
	},
];
