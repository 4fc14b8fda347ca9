import { inPackage, type Mutant } from '../mutant.ts';
import { dropOperand, dropProperty, forceCondition, replaceProperty, replaceText } from '../operators.ts';

const cli = inPackage('cli');
const client = inPackage('client');

/** Protection of the session and the files on a user’s machine against responses of an API. */
export const CLIENTS: readonly Mutant[] = [
	{
		name: 'sends a token only to the API that issued it',
		mutations: [
			cli(
				'connectWith',
				replaceText('byApi[api]?.', 'byApi[api]?.token ?? Object.values(sessions.byApi)[0]?.'),
			),
		],
		test: 'a token is sent to no other API than the one that issued it',
	},
	{
		name: 'stores the session of the command line readable only by its owner',
		mutations: [cli('writeSessions', dropProperty('mode', '0o600'))],
		test: 'sessions are stored readable only by their owner',
	},
	{
		name: 'keeps a file name from leading out of the target directory',
		mutations: [client('safeName', replaceText(".replace(UNSAFE, '_')", ''))],
		test: 'safeName returns a safe file name for',
	},
	{
		name: 'keeps outputs from being written to Windows devices',
		mutations: [client('safeName', dropOperand('DEVICE'))],
		test: 'safeName returns a safe file name for',
	},
	{
		name: 'keeps a file that was created meanwhile, unless it may be overwritten',
		mutations: [cli('writeAtomically', forceCondition(true, 'force'))],
		test: 'a file that was created meanwhile is kept without --force',
	},
	{
		name: 'ignores the refusal of an older token',
		mutations: [client('createTransport', forceCondition(true, 'refused', 'currentToken'))],
		test: 'onUnauthorized ignores a late rejection of an older token',
	},
	{
		name: 'creates a job once when a response is lost',
		mutations: [
			client('createJobRequests', replaceProperty('Idempotency-Key', 'idempotencyKey + Math.random()')),
		],
		test: 'run retries job creation with the same key',
	},
];
