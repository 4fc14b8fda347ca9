import { inPackage, type Mutant } from '../mutant.ts';
import { dropCall, dropOperand, forceCondition, replaceCall, replaceText } from '../operators.ts';

const auth = inPackage('auth');

const SHOWS_THE_PASSWORD_IS_RIGHT = auth('checkSignInPassword', forceCondition(false, 'isSuspended'));
const OPENS_A_SESSION = auth('lockAccount', replaceText('AND suspended_at IS NULL', ''));
const TAKES_A_RESET = auth('resetPassword', dropOperand('lockAccount'));

/** Suspension of users by operators. */
export const OPERATORS: readonly Mutant[] = [
	{
		name: 'refuses sign-ins to a suspended account',
		mutations: [SHOWS_THE_PASSWORD_IS_RIGHT, OPENS_A_SESSION],
		test: 'gets the same response for the right password as for a wrong one',
	},
	{
		name: 'does not confirm the password of a suspended account',
		mutations: [SHOWS_THE_PASSWORD_IS_RIGHT],
		test: 'delays the right password like wrong ones',
	},
	{
		name: 'opens no session for a password that was checked before the suspension',
		mutations: [OPENS_A_SESSION],
		test: 'opens no session for a password that was checked before the suspension',
	},
	{
		name: 'revokes the sessions of a suspended account',
		mutations: [auth('suspend', replaceCall('revokeSessions', '{ revokedCount: 0, pendingIds: [] }'))],
		test: 'has no sessions at any gateway when the command returns',
	},
	{
		name: 'revokes sessions at every gateway before the suspend command returns',
		mutations: [auth('suspendAccount', dropCall('propagateChanges'))],
		test: 'has no sessions at any gateway when the command returns',
	},
	{
		name: 'sends no reset mail to a suspended account',
		mutations: [auth('resolveRecipient', dropOperand('suspendedAt'))],
		test: 'gets no password reset mail, with the usual response',
	},
	{
		name: 'rejects mailed tokens from before a suspension',
		mutations: [TAKES_A_RESET, auth('suspend', dropCall('deleteMany', 'mailedToken'))],
		test: 'rejects reset tokens from before the suspension',
	},
	{
		name: 'rejects mailed tokens that were being sent during a suspension',
		mutations: [TAKES_A_RESET],
		test: 'rejects reset tokens created during the suspension',
	},
];
