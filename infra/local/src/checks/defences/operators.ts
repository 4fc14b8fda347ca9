import type { Defence } from './defence.ts';

const SRC = 'apps/auth/src';
const SUSPENSION = { suite: 'apps/auth/test/suspension.test.ts' };

const NO_PASSWORD = {
	file: `${SRC}/domain/sign-in.ts`,
	code: 'passwordHash: found.isSuspended ? null : found.passwordHash,',
	without: 'passwordHash: found.passwordHash,',
};
const NO_SESSION = {
	file: `${SRC}/data/lock-account.ts`,
	code: ' AND suspended_at IS NULL\n',
	without: '\n',
};
const NO_RESET = {
	file: `${SRC}/data/prove-email.ts`,
	code: ' || !(await lockAccount(tx, { userId }))',
	without: '',
};

/** What keeps a user out whom an operator has suspended. */
export const OPERATORS: readonly Defence[] = [
	{
		name: 'signs nobody in to a suspended account',
		...NO_PASSWORD,
		also: [NO_SESSION],
		...SUSPENSION,
		test: 'is not signed in to, and answers as for a wrong password',
	},
	{
		name: 'tells nobody who knows the password of a suspended account that it is right',
		...NO_PASSWORD,
		...SUSPENSION,
		test: 'slows the right password like wrong ones, so that it is not told apart',
	},
	{
		name: 'opens no session for a password that was found right before the suspension',
		...NO_SESSION,
		...SUSPENSION,
		test: 'is not opened by a sign-in whose password was found right before it',
	},
	{
		name: 'ends the sessions of a suspended account',
		file: `${SRC}/data/suspensions.ts`,
		code: 'return { ...row, ...(await revokeSessions(tx, { userId })) };',
		without: 'return { ...row, revokedCount: 0, unsettledIds: [] };',
		...SUSPENSION,
		test: 'has no session any more, told to every gateway before it is done',
	},
	{
		name: 'tells every gateway of a suspension before the command returns',
		file: `${SRC}/domain/suspend-account.ts`,
		code: 'await settleRevocations(deps, suspended.unsettledIds);',
		without: '',
		...SUSPENSION,
		test: 'has no session any more, told to every gateway before it is done',
	},
	{
		name: 'sends no mail for a new password to a suspended account',
		file: `${SRC}/data/mails.ts`,
		code: ' || user.suspendedAt ||',
		without: ' ||',
		...SUSPENSION,
		test: 'gets no mail for a new password, and the request is answered as ever',
	},
	{
		name: 'opens no suspended account by a mail of before',
		...NO_RESET,
		also: [
			{
				file: `${SRC}/data/suspensions.ts`,
				code: "await tx.mailedToken.deleteMany({ where: { userId, kind: 'reset_password' } });",
				without: '',
			},
		],
		...SUSPENSION,
		test: 'is not opened by a mail of before',
	},
	{
		name: 'opens no suspended account by a mail that was just being sent',
		...NO_RESET,
		...SUSPENSION,
		test: 'is not opened by a mail that was just being sent',
	},
];
