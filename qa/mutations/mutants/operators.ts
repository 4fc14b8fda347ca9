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
		test: 'is not signed in to, and answers as for a wrong password',
	},
	{
		name: 'tells nobody who knows the password of a suspended account that it is right',
		mutations: [SHOWS_THE_PASSWORD_IS_RIGHT],
		test: 'slows the right password like wrong ones, so that it is not told apart',
	},
	{
		name: 'opens no session for a password that was found right before the suspension',
		mutations: [OPENS_A_SESSION],
		test: 'is not opened by a sign-in whose password was found right before it',
	},
	{
		name: 'ends the sessions of a suspended account',
		mutations: [
			auth(
				'createSuspensionStore.suspend',
				replaceCall('revokeSessions', '{ revokedCount: 0, unsettledIds: [] }'),
			),
		],
		test: 'has no session any more, told to every gateway before it is done',
	},
	{
		name: 'tells every gateway of a suspension before the command returns',
		mutations: [auth('suspendAccount', dropCall('settleRevocations'))],
		test: 'has no session any more, told to every gateway before it is done',
	},
	{
		name: 'sends no mail for a new password to a suspended account',
		mutations: [auth('addressMail', dropOperand('suspendedAt'))],
		test: 'gets no mail for a new password, and the request is answered as ever',
	},
	{
		name: 'opens no suspended account by a mail of before',
		mutations: [TAKES_A_RESET, auth('createSuspensionStore.suspend', dropCall('deleteMany', 'mailedToken'))],
		test: 'is not opened by a mail of before',
	},
	{
		name: 'opens no suspended account by a mail that was just being sent',
		mutations: [TAKES_A_RESET],
		test: 'is not opened by a mail that was just being sent',
	},
];
