import { inPackage, type Mutant } from '../mutant.ts';
import { dropCall, dropOperand, forceCondition, forceSqlCondition, replaceCall } from '../operators.ts';

const auth = inPackage('auth');

const SHOWS_THE_PASSWORD_IS_RIGHT = auth('checkSignInPassword', forceCondition(false, 'isSuspended'));
const OPENS_A_SESSION = auth('lockAccount', forceSqlCondition(true, 'suspended_at'));
const TAKES_A_RESET = auth('resetPassword', dropOperand('lockAccount'));

/** What keeps a user out whom an operator has suspended. */
export const OPERATORS: readonly Mutant[] = [
	{
		name: 'signs nobody in to a suspended account',
		mutations: [SHOWS_THE_PASSWORD_IS_RIGHT, OPENS_A_SESSION],
		test: 'gets the response to a wrong password for the right one',
	},
	{
		name: 'tells nobody who knows the password of a suspended account that it is right',
		mutations: [SHOWS_THE_PASSWORD_IS_RIGHT],
		test: 'delays the right password like wrong ones',
	},
	{
		name: 'opens no session for a password that was found right before the suspension',
		mutations: [OPENS_A_SESSION],
		test: 'opens no session for a password that was checked before the suspension',
	},
	{
		name: 'ends the sessions of a suspended account',
		mutations: [auth('suspend', replaceCall('revokeSessions', '{ revokedCount: 0, pendingIds: [] }'))],
		test: 'has no sessions at any gateway when the command returns',
	},
	{
		name: 'tells every gateway of a suspension before the command returns',
		mutations: [auth('suspendAccount', dropCall('propagateRevocations'))],
		test: 'has no sessions at any gateway when the command returns',
	},
	{
		name: 'sends no mail for a new password to a suspended account',
		mutations: [auth('resolveRecipient', dropOperand('suspendedAt'))],
		test: 'gets no password reset mail, with the usual response',
	},
	{
		name: 'opens no suspended account by a mail of before',
		mutations: [TAKES_A_RESET, auth('suspend', dropCall('deleteMany', 'mailedToken'))],
		test: 'rejects reset tokens from before the suspension',
	},
	{
		name: 'opens no suspended account by a mail that was just being sent',
		mutations: [TAKES_A_RESET],
		test: 'rejects reset tokens created during the suspension',
	},
];
