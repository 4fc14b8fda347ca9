import type { Defence } from './defence.ts';

const AUTH = 'apps/auth';
const SRC = `${AUTH}/src`;
const suite = (name: string) => ({ suite: `${AUTH}/test/${name}.test.ts` });
const FORGOTTEN = suite('forgotten-password');
const DELETION = suite('account-deletion');
const EVENTS = suite('security-events');
const KEYS = { file: `${SRC}/data/signing-keys.ts`, ...suite('signing-keys') };
const TOKENS = { file: `${SRC}/data/mailed-tokens.ts`, ...FORGOTTEN };
const STORE = { file: `${SRC}/data/accounts.ts` };

const MAILED_TOKENS: readonly Defence[] = [
	{
		name: 'takes a mailed token once',
		...TOKENS,
		code: 'DELETE FROM mailed_tokens',
		without: 'SELECT user_id FROM mailed_tokens',
		also: [
			{ file: TOKENS.file, code: 'RETURNING user_id`', without: '`' },
			{
				file: TOKENS.file,
				code: 'await tx.mailedToken.deleteMany({ where: { userId: row.user_id, kind } });',
				without: '',
			},
		],
		test: 'is replaced once with one token, of however many attempts at once',
	},
	{
		name: 'takes no mailed token after its time',
		...TOKENS,
		code: ' AND expires_at > now()`;',
		without: '`;',
		also: [{ file: TOKENS.file, code: ' AND expires_at > now()\n\t\tRETURNING', without: '\n\t\tRETURNING' }],
		test: 'is not replaced after 30 minutes',
	},
	{
		name: 'takes a mailed token for nothing else than it was made for',
		...TOKENS,
		// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code
		code: ' AND kind = ${kind}::"MailKind" AND expires_at > now()`;',
		without: ' AND expires_at > now()`;',
		also: [
			{
				file: TOKENS.file,
				// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code
				code: ' AND kind = ${kind}::"MailKind" AND expires_at > now()\n\t\tRETURNING',
				without: ' AND expires_at > now()\n\t\tRETURNING',
			},
		],
		test: 'is not replaced with the token that verifies an email',
	},
	{
		name: 'ends the other mailed tokens with the one that was used',
		...TOKENS,
		code: 'await tx.mailedToken.deleteMany({ where: { userId: row.user_id, kind } });',
		without: '',
		test: 'takes the other tokens of the account with it',
	},
	{
		name: 'ends mailed tokens with a change of the password',
		...STORE,
		code: "await tx.mailedToken.deleteMany({ where: { userId, kind: 'reset_password' } });",
		without: '',
		...FORGOTTEN,
		test: 'is not replaced with a token of before a password change',
	},
	{
		name: 'stores mailed tokens as hashes',
		file: `${SRC}/domain/mailed-token.ts`,
		code: "createHash('sha256').update(token).digest()",
		without: 'Buffer.from(token)',
		...FORGOTTEN,
		test: 'leaves no token in the database that anybody could use',
	},
	{
		name: 'ends every session with a reset of the password',
		file: `${SRC}/data/prove-email.ts`,
		code: 'return { userId, ...(await revokeSessions(tx, { userId })) };',
		without: 'return { userId, revokedCount: 0, unsettledIds: [] };',
		...FORGOTTEN,
		test: 'ends every session, told to every gateway before the answer',
	},
	{
		name: 'sends only so many mails to one email',
		file: `${SRC}/data/mails.ts`,
		code: 'if (!isTooMany) await insertMail',
		without: 'await insertMail',
		...FORGOTTEN,
		test: 'too often for one email is answered like before, and brings no more',
	},
	{
		name: 'takes only so many requests for mails from one network',
		file: `${SRC}/data/mails.ts`,
		code: 'if (waitSeconds > 0) return { waitSeconds };',
		without: '',
		...FORGOTTEN,
		test: 'too often from one network is refused, whatever the emails, and from another it is not',
	},
];

const VERIFIED: readonly Defence[] = [
	{
		name: 'publishes account.verified with the verification',
		file: `${SRC}/data/prove-email.ts`,
		code: 'await addToOutbox(tx, newEvent(accountVerified, { user_id: userId }, currentRequestId()));',
		without: 'void count;',
		...suite('verified-event'),
		test: 'account.verified reaches files and jobs when an email is verified',
	},
	{
		name: 'verifies no email without a session or the password of its account',
		file: `${SRC}/domain/verify-email.ts`,
		code: 'if (password === undefined)',
		without:
			'if (password === undefined) return { verifiedHash: passwordHash };\n\tif (password === undefined)',
		...suite('verify-email'),
		test: 'is not verified by the reader of the mail without the password',
	},
	{
		name: 'ends the other sessions of an account with the verification of its email',
		file: `${SRC}/data/prove-email.ts`,
		code: 'return await revokeSessions(tx, { userId, ...(sessionId !== null && { except: sessionId }) });',
		without: 'return { revokedCount: 0, unsettledIds: [] };',
		...suite('verify-email'),
		test: 'ends every other session of the account, told to every gateway before the answer',
	},
];

const REGISTRATIONS: readonly Defence[] = [
	{
		name: 'lets a network register only so often',
		file: `${SRC}/domain/register-account.ts`,
		code: 'await refuseSlowly(() => admit(deps, network), input.clientGone);',
		without: '',
		...suite('registration-throttle'),
		test: 'are refused beyond the allowance of an hour, over all replicas, and others are not',
	},
	{
		name: 'counts registrations of a whole IPv6 site',
		file: `${SRC}/data/registration-throttle.ts`,
		code: 'const site = siteOf(network);',
		without: 'const site = siteOf(network.slice(0, 0));',
		...suite('registration-throttle'),
		test: 'are counted for a whole IPv6 site, whichever of its networks they come from',
	},
];

const WEAK_PASSWORDS: readonly Defence[] = [
	{
		name: 'takes no new password that is easy to guess',
		file: `${SRC}/domain/new-password.ts`,
		code: 'if (rating < LOWEST_RATING)',
		without: 'if (rating < 0)',
		...suite('weak-passwords'),
		test: 'refuses a weak password, and says which field and what to do',
	},
	{
		name: 'takes no new password that contains the email',
		file: `${SRC}/domain/new-password.ts`,
		code: 'if (password.toLowerCase().includes(email))',
		without: 'if (password === email)',
		...suite('weak-passwords'),
		test: 'a password that contains the email of its account, or is made of its parts, is refused',
	},
];

const NOTICES: readonly Defence[] = [
	{
		name: 'tells the owner of a change of the password',
		...STORE,
		code: "await addNotice(tx, { kind: 'password_changed', email, client }, perEmail);",
		without: '',
		...suite('notices'),
		test: 'that the password was changed: when, from where, and what to do',
	},
	{
		name: 'tells the owner of a sign-in from a new network',
		...STORE,
		code: 'if (!isNewNetwork) return true;',
		without: 'return true;',
		...suite('notices'),
		test: 'of a sign-in from a network that was not seen before, once',
	},
	{
		name: 'fills no mailbox with notices',
		file: `${SRC}/data/mails.ts`,
		code: 'if ((await takeFromAllowance(tx, { key, perHour })) === 0) await insertMail(tx, notice, 0);',
		without: 'await insertMail(tx, notice, 0);',
		...suite('notices'),
		test: 'beyond so many of one kind an hour',
	},
];

const SESSIONS: readonly Defence[] = [
	{
		name: 'tells every gateway of a logout before it is answered',
		file: `${SRC}/domain/sign-out.ts`,
		code: 'await settleRevocations(deps, unsettledIds);',
		without: '',
		...suite('revocation'),
		test: 'is answered only after every gateway with a lease has acknowledged',
	},
	{
		name: 'waits for the end of a gateway’s lease that does not acknowledge',
		file: `${SRC}/domain/settle-revocations.ts`,
		code: 'if (remainingMs > 0) await sleep(remainingMs);',
		without: '',
		...suite('revocation'),
		test: 'because it is dead is fenced and waited out',
	},
	{
		name: 'ends the process when the control thread has ended',
		file: `${SRC}/control/start-control-thread.ts`,
		code: 'if (!isClosing) onLost(lost);',
		without: '',
		...suite('control-thread'),
		test: 'fails what it was asked as unavailable, and takes the process along',
	},
	{
		name: 'ends the other sessions with a change of the password',
		...STORE,
		code: 'return await revokeSessions(tx, { userId, except: sessionId });',
		without: 'return { revokedCount: 0, unsettledIds: [] };',
		...suite('password'),
		test: 'revokes the other sessions, told to every gateway before the answer, and keeps this one',
	},
	{
		name: 'changes and deletes nothing without the password',
		file: `${SRC}/domain/owner.ts`,
		code: 'if (!isRight) throw wrongPassword();',
		without: '',
		...suite('password'),
		test: 'with a wrong current password changes nothing',
	},
	{
		name: 'shows nobody the sessions of others',
		file: `${SRC}/data/sessions.ts`,
		code: 'where: { userId, revokedAt: null, expiresAt: { gt: new Date() } },',
		without: 'where: { revokedAt: null, expiresAt: { gt: new Date() } },',
		...suite('sessions'),
		test: "shows nobody else's",
	},
];

const DELETED_ACCOUNTS: readonly Defence[] = [
	{
		name: 'ends the sessions of a deleted account at every gateway',
		...STORE,
		code: 'const revoked = await revokeSessions(tx, { userId: owner.userId });',
		without: 'const revoked = { revokedCount: 0, unsettledIds: [] };',
		...DELETION,
		test: 'ends every session, told to every gateway before the answer',
	},
	{
		name: 'erases the mails of a deleted account',
		...STORE,
		code: 'await tx.mail.deleteMany({ where: { email } });',
		without: '',
		...DELETION,
		test: 'leaves nothing of the person in the database',
	},
	{
		name: 'erases the security events of a deleted account',
		...STORE,
		code: 'await tx.securityEvent.deleteMany({ where: { userId } });',
		without: '',
		...DELETION,
		test: 'leaves nothing of the person in the database',
	},
	{
		name: 'tells the other services of a deleted account',
		...STORE,
		code: 'await addToOutbox(tx, newEvent(accountDeleted, { user_id: owner.userId }, currentRequestId()));',
		without: '',
		...DELETION,
		test: 'tells the other services, with the request that it came by',
	},
	{
		name: 'removes the files of a deleted account',
		file: 'apps/files/src/data/accounts.ts',
		code: 'await tx.file.updateMany({ where: { userId, deletedAt: null }, data: deletion() });',
		without: '',
		suite: 'apps/files/test/account-deleted.test.ts',
		test: 'a deleted account takes its files, published outputs and bytes with it, and nobody else’s',
	},
	{
		name: 'bounds what users store whose email is not verified',
		file: 'apps/files/src/domain/admit-upload.ts',
		code: 'if (limit === null || storedBytes + sizeBytes <= limit) return;',
		without: 'if (limit !== undefined) return;',
		suite: 'apps/files/test/account-verified.test.ts',
		test: 'stores a gigabyte and no byte more, by single PUTs or in parts',
	},
	{
		name: 'forgets the names of the files of a deleted account',
		file: 'apps/files/src/data/accounts.ts',
		code: "await tx.file.updateMany({ where: { userId }, data: { name: '' } });",
		without: '',
		suite: 'apps/files/test/account-deleted.test.ts',
		test: 'the names of its files are forgotten, also of those that it had deleted',
	},
	{
		name: 'stops the running jobs of a deleted account',
		file: 'apps/jobs/src/data/delete-user.ts',
		code: 'if (job.running) await addToOutbox(tx, newEvent(jobCanceled, { job_id: job.id }, input.requestId));',
		without: '',
		suite: 'apps/jobs/test/accounts.test.ts',
		test: 'a deleted account leaves no job and no key, and its running jobs are stopped',
	},
	{
		name: 'ends the subscription of a deleted account',
		file: 'apps/billing/src/consumers/account-deleted.ts',
		code: 'await customers.markDeleted(event.data.user_id);',
		without: '',
		suite: 'apps/billing/test/account-deleted.test.ts',
		test: 'an account that is gone pays no more, and Stripe has forgotten the person',
	},
];

const KEYS_AND_EVENTS: readonly Defence[] = [
	{
		name: 'publishes a key before it signs',
		...KEYS,
		code: 'WHERE signs_from <= clock_timestamp() AND (expires_at',
		without: 'WHERE (expires_at',
		test: 'is published before it signs, and then every replica signs with it, without a restart',
	},
	{
		name: 'publishes a key until the last token of it has expired',
		...KEYS,
		code: 'const lastSeconds = signsInSeconds + tokenTtlSeconds + MARGIN_SECONDS;',
		without: 'const lastSeconds = signsInSeconds;',
		test: 'leaves the last one published until the last token of it has expired',
	},
	{
		name: 'publishes no key that was retired',
		...KEYS,
		code: '\t\t\t\twhere: unexpired(),\n',
		without: '',
		test: 'is not published from its retirement on, and another signs at once',
	},
	{
		name: 'stores keys sealed',
		file: `${SRC}/domain/signing-key.ts`,
		code: 'cipher.update(plain)',
		without: 'plain',
		also: [
			{
				file: `${SRC}/domain/signing-key.ts`,
				code: '[decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]',
				without: '[sealed.subarray(NONCE_BYTES + TAG_BYTES)]',
			},
		],
		suite: `${SRC}/domain/signing-key.test.ts`,
		test: 'is not stored in clear',
	},
	{
		name: 'keeps a security event of a wrong password',
		file: `${SRC}/domain/check-password.ts`,
		code: "await tell(deps, attempt, 'password_wrong');",
		without: '',
		...EVENTS,
		test: 'are kept of every step of an account',
	},
	{
		name: 'keeps a security event of a change of the password',
		...STORE,
		code: "await insertEvent(tx, { kind: 'password_changed', userId, sessionId, client });",
		without: '',
		...EVENTS,
		test: 'are kept of every step of an account',
	},
	{
		name: 'lets nobody change security events',
		file: `${AUTH}/prisma/migrations/20261126145500_mails_and_security_events/migration.sql`,
		code: 'BEFORE UPDATE OR TRUNCATE ON "security_events"',
		without: 'BEFORE TRUNCATE ON "known_networks"',
		...EVENTS,
		test: 'are never changed',
	},
];

/** What an owner can rely on who changes a password, leaves, or looks who was here. */
export const ACCOUNTS: readonly Defence[] = [
	...MAILED_TOKENS,
	...VERIFIED,
	...NOTICES,
	...WEAK_PASSWORDS,
	...REGISTRATIONS,
	...SESSIONS,
	...DELETED_ACCOUNTS,
	...KEYS_AND_EVENTS,
];
