import { inPackage, type Mutant } from '../mutant.ts';
import {
	dropCall,
	dropOperand,
	dropProperty,
	forceCondition,
	replaceCall,
	replaceConstant,
	replaceText,
} from '../operators.ts';

const auth = inPackage('auth');
const files = inPackage('files');

/** Replaces a call that revokes sessions. */
const NO_SESSION_REVOKED = '{ revokedCount: 0, pendingIds: [] }';

const MAILED_TOKENS: readonly Mutant[] = [
	{
		name: 'accepts a mailed token only once',
		mutations: [
			auth('consumeMailedToken', replaceText('DELETE FROM', 'SELECT user_id FROM')),
			auth('consumeMailedToken', replaceText('RETURNING user_id', '')),
			auth('consumeMailedToken', dropCall('deleteMany')),
		],
		test: 'is replaced once with one token, also by concurrent requests',
	},
	{
		name: 'rejects expired mailed tokens',
		mutations: [
			auth('findMailedTokenOwner', replaceText('AND expires_at > now()', '')),
			auth('consumeMailedToken', replaceText('AND expires_at > now()', '')),
		],
		test: 'is not replaced after 30 minutes',
	},
	{
		name: 'accepts a mailed token only for its own purpose',
		mutations: [
			auth('findMailedTokenOwner', replaceText(`AND kind = \${kind}::"MailKind"`, '')),
			auth('consumeMailedToken', replaceText(`AND kind = \${kind}::"MailKind"`, '')),
		],
		test: 'is not replaced with the token that verifies an email',
	},
	{
		name: 'invalidates the other mailed tokens when one is used',
		mutations: [auth('consumeMailedToken', dropCall('deleteMany'))],
		test: 'invalidates the other tokens of the account',
	},
	{
		name: 'invalidates mailed tokens when the password changes',
		mutations: [auth('changePassword', dropCall('deleteMany', 'mailedToken'))],
		test: 'is not replaced with a token from before a password change',
	},
	{
		name: 'stores mailed tokens as hashes',
		mutations: [auth('hashMailedToken', replaceCall('digest', 'Buffer.from(token)'))],
		test: 'leaves no usable token in the database',
	},
	{
		name: 'revokes every session when the password is reset',
		mutations: [auth('resetPassword', replaceCall('revokeSessions', NO_SESSION_REVOKED))],
		test: 'is replaced after every session is revoked at every gateway',
		siblingTitle: 'invalidates the other tokens of the account',
	},
	{
		name: 'checks the length of a password that a reset sets',
		mutations: [auth('resetPasswordRoute', replaceCall('parseOrThrow', 'input.body.new_password'))],
		test: 'is not replaced by %s, and the token still works',
	},
	{
		name: 'limits mails to one email',
		mutations: [auth('insertRequestedMail', forceCondition(true, 'isTooMany'))],
		test: 'repeated too often for one email gets the usual response, and sends no more',
		siblingTitle: 'is not replaced after 30 minutes',
	},
	{
		name: 'limits requests for mails from one network',
		mutations: [auth('insertRequestedMail', forceCondition(false, 'waitSeconds'))],
		test: 'repeated too often from one network is refused, and allowed from another',
	},
];

const VERIFICATION: readonly Mutant[] = [
	{
		name: 'publishes account.verified when an email is verified',
		mutations: [auth('markVerified', dropCall('addVerifiedEvent'))],
		test: 'account.verified reaches files and jobs when an email is verified',
	},
	{
		name: 'requires a session or the password of the account to verify its email',
		mutations: [
			auth(
				'proveOwner',
				replaceText(
					'if (password === undefined)',
					'if (password === undefined) return { verifiedHash: passwordHash }; else if (false)',
				),
			),
		],
		test: 'is not verified by the reader of the mail without the password',
	},
	{
		name: 'revokes the other sessions when the email is verified',
		mutations: [auth('verifyEmail', replaceCall('revokeSessions', NO_SESSION_REVOKED))],
		test: 'revokes every other session of the account at every gateway before it responds',
	},
];

const REGISTRATION: readonly Mutant[] = [
	{
		name: 'limits registrations from one network',
		mutations: [auth('registerAccount', dropCall('delayRefusal'))],
		test: 'are refused beyond the hourly limit of all replicas, but not those from other networks',
	},
	{
		name: 'counts registrations of a whole IPv6 site',
		mutations: [auth('registrationQuotas', replaceCall('rangesOf', '[{ range: network, factor: 1 }]'))],
		test: 'are counted for a whole IPv6 site',
	},
];

const WEAK_PASSWORDS: readonly Mutant[] = [
	{
		name: 'rejects new passwords that are easy to guess',
		mutations: [auth('hashNewPassword', forceCondition(false, 'LOWEST_SCORE'))],
		test: 'refuses a weak password with the field and what to do',
	},
	{
		name: 'rejects new passwords that contain the email',
		mutations: [inPackage('password-strength')('ratePassword.containsEmail', replaceConstant('false'))],
		test: 'containsEmail',
	},
];

const NOTICES: readonly Mutant[] = [
	{
		name: 'mails the owner about a changed password',
		mutations: [auth('changePassword', dropCall('addNotice'))],
		test: 'about a changed password, with time, network, device and what to do',
	},
	{
		name: 'mails the owner about a sign-in from a new network',
		mutations: [auth('openSession', forceCondition(true, 'isNewNetwork'))],
		test: 'about the first sign-in from a new network',
	},
	{
		name: 'limits notices to one account',
		mutations: [auth('addNotice', forceCondition(true, 'consumeHourlyQuota'))],
		test: 'beyond the hourly limit of one kind',
	},
];

const SESSIONS: readonly Mutant[] = [
	{
		name: 'revokes the session at every gateway before it responds to a sign-out',
		mutations: [auth('signOut', dropCall('propagateChanges'))],
		test: 'responds after every gateway with a lease has acknowledged',
	},
	{
		name: 'waits for the end of the lease of a gateway that does not acknowledge',
		mutations: [auth('propagateTo', forceCondition(false, 'remainingMs'))],
		test: 'because it is dead is fenced, and the sign-out waits for its lease',
	},
	{
		name: 'ends the process when the control thread has ended',
		mutations: [auth('startControlThread', forceCondition(false, 'isClosing'))],
		test: 'fails its requests as unavailable, and ends the process',
	},
	{
		name: 'revokes the other sessions when the password changes',
		mutations: [auth('changePassword', replaceCall('revokeSessions', NO_SESSION_REVOKED))],
		test: 'revokes the other sessions at every gateway before it responds',
	},
	{
		name: 'requires the password to change it or to delete the account',
		mutations: [auth('confirmOwner', forceCondition(false, 'isRight'))],
		test: 'with a wrong current password changes nothing',
	},
	{
		name: 'hides the sessions of other users',
		mutations: [auth('listLiveSessions', dropProperty('userId'))],
		test: 'has only those of the user',
	},
];

const API_KEYS: readonly Mutant[] = [
	{
		name: 'revokes an API key at every gateway before it responds',
		mutations: [auth('deleteApiKeyRoute', dropCall('propagateChanges'))],
		test: 'gets its response after every gateway has revoked the key',
	},
	{
		name: 'announces a changed API key to every gateway before it responds',
		mutations: [auth('updateApiKeyRoute', dropCall('propagateChanges'))],
		test: 'gets its response after every gateway has dropped the earlier state',
	},
	{
		name: 'starts the grace periods of all earlier API keys with the first use of the newest',
		mutations: [auth('startGracePeriods', replaceText('started?.replacedId ?? null', 'null'))],
		test: 'of a key that was never used starts every pending grace period',
	},
	{
		name: 'lists no rotated API key as replaced when its new key has ended unused',
		mutations: [auth('findKeysAwaitingUse', replaceText(` AND \${IS_LIVE}`, ''))],
		test: 'ends without effect when the new key is revoked before its first use',
	},
	{
		name: 'requires a verified email to create API keys',
		mutations: [auth('createKey', forceCondition(false, 'requiresVerifiedEmail'))],
		test: 'a user creates keys after verifying the email, which revokes earlier keys',
	},
	{
		name: 'hides the API keys of other users',
		mutations: [auth('findKey', dropProperty('userId'))],
		test: 'finds no key',
	},
	{
		name: 'revokes the API keys of a deleted account at every gateway',
		mutations: [auth('deleteAccount', replaceCall('revokeApiKeys', '{ keyChanges: [] }'))],
		test: 'with their account, at every gateway before the response',
	},
	{
		name: 'revokes the API keys of a suspended account at every gateway',
		mutations: [auth('suspend', replaceCall('revokeApiKeys', '{ revokedCount: 0, keyChanges: [] }'))],
		test: 'has no API keys at any gateway when the command returns',
	},
	{
		name: 'lets an API key create jobs only with its tools',
		mutations: [inPackage('jobs')('checkToolScope', forceCondition(true, 'includes'))],
		test: 'with an API key works only for the tools of the key',
	},
];

const DELETED_ACCOUNTS: readonly Mutant[] = [
	{
		name: 'revokes the sessions of a deleted account at every gateway',
		mutations: [auth('deleteAccount', replaceCall('revokeSessions', NO_SESSION_REVOKED))],
		test: 'revokes every session at every gateway before it responds',
		siblingTitle: 'leaves no personal data',
	},
	{
		name: 'erases the mails of a deleted account',
		mutations: [auth('erase', dropCall('deleteMany', 'mail'))],
		test: 'leaves no personal data',
	},
	{
		name: 'erases the security events of a deleted account',
		mutations: [auth('erase', dropCall('deleteMany', 'securityEvent'))],
		test: 'leaves no personal data',
	},
	{
		name: 'publishes that an account was deleted',
		mutations: [auth('deleteAccount', dropCall('addToOutbox'))],
		test: 'is published to the other services with its request id',
	},
	{
		name: 'removes the files of a deleted account',
		mutations: [files('deleteAccount', dropCall('createMany', 'accountDeletion'))],
		test: 'a deleted account’s files, outputs and bytes are deleted, and no other account’s',
	},
	{
		name: 'limits the number of a user’s files',
		mutations: [files('admitUpload', dropCall('refuseTooManyFiles'))],
		test: 'refuses uploads beyond the file limit, counts outputs toward it, but never refuses an output',
	},
	{
		name: 'limits the storage of users whose email is not verified',
		mutations: [files('requireStorageFor', forceCondition(false, 'limit', 'storedBytes'))],
		test: 'stores a gigabyte and no byte more, by single PUTs or in parts',
	},
	{
		name: 'refuses jobs of an account whose storage is full',
		mutations: [files('createStorageCheck', dropCall('requireStorageLeft'))],
		test: 'are not created',
	},
	{
		name: 'counts the storage of an account that is nearly full for each job',
		mutations: [files('createStorageCheck', forceCondition(true, 'isFarFromLimit'))],
		test: 'is counted for each job',
	},
	{
		name: 'limits the outputs that jobs add to a full storage',
		mutations: [files('admit', dropCall('requireStorageForOutput'))],
		test: 'store no output beyond the margin, except one that replaces an output of their own',
	},
	{
		name: 'limits the pending uploads of an account',
		mutations: [files('refuseTooManyPending', forceCondition(true, 'pendingUploads'))],
		test: 'refuses one more, by a single PUT or in parts, and admits it once the bytes of one have come',
	},
	{
		name: 'counts uploads whose bytes have arrived as no longer pending',
		mutations: [files('createFileRoute', forceCondition(true, 'isTooManyPending'))],
		test: 'admits concurrent uploads once the bytes of as many have come',
	},
	{
		name: 'pauses the refresh of pending uploads after one that found nothing',
		mutations: [files('createPendingRefresh', forceCondition(false, 'uploaded'))],
		test: 'that found none is repeated only after 30 s, also for concurrent calls, and separately for each user',
	},
	{
		name: 'hides the files of a deleted account before they are erased',
		mutations: [
			files('findVisibleFile', forceCondition(false, 'isAccountDeleted')),
			files('listVisibleFiles', forceCondition(false, 'isAccountDeleted')),
		],
		test: 'hides the files of a deleted account before the first of them is erased',
	},
	{
		name: 'hides the jobs of a deleted account before they are deleted',
		mutations: [
			inPackage('jobs')('findJob', forceCondition(false, 'isAccountDeleted')),
			inPackage('jobs')('findJobs', dropOperand('isAccountDeleted')),
		],
		test: 'hides the ended jobs of a deleted account before they are deleted',
	},
	{
		name: 'erases the files of a deleted account in batches',
		mutations: [files('eraseNextBatch', replaceText('ORDER BY id LIMIT ', 'ORDER BY id LIMIT 1000 * '))],
		test: 'erases a large account in batches, and continues after the process that began has died',
		siblingTitle: 'hides the files of a deleted account before the first of them is erased',
	},
	{
		name: 'deletes the jobs of a deleted account in batches',
		mutations: [inPackage('jobs')('eraseNextBatch', replaceText('id DESC LIMIT ', 'id DESC LIMIT 1000 * '))],
		test: 'deletes a large account in batches, and continues after the process that began has died',
		siblingTitle: 'ignores the outcome of a job whose account was deleted',
	},
	{
		name: 'dead-letters a message whose statements are always too slow',
		mutations: [inPackage('messaging')('handleWithRetries', replaceCall('isStatementTimeout', 'false'))],
		test: 'is dead-lettered after a few bugs and statement timeouts, also for jobs, and logged under its request id',
	},
	{
		name: 'erases the names of the files of a deleted account',
		mutations: [files('eraseNextBatch', replaceText("name = '', ", ''))],
		test: 'the names of its files are erased, also of files that were deleted before',
	},
	{
		name: 'stops the running jobs of a deleted account',
		mutations: [inPackage('jobs')('markDeleted', dropCall('addToOutbox'))],
		test: 'deletes the jobs and keys of a deleted account, and stops its running jobs',
	},
	{
		name: 'cancels the subscription of a deleted account',
		mutations: [inPackage('billing')('onAccountDeleted', dropCall('markDeleted'))],
		test: 'a deleted account pays no more, and its personal data is erased in Stripe',
	},
];

const KEYS_AND_EVENTS: readonly Mutant[] = [
	{
		name: 'publishes a signing key before its first use',
		mutations: [auth('findSigning', replaceText('signs_from <= clock_timestamp() AND', ''))],
		test: 'is published before every replica signs with it, without a restart',
	},
	{
		name: 'publishes a signing key until its last token has expired',
		mutations: [auth('insertNext.lastSeconds', replaceConstant('signsInSeconds'))],
		test: 'leaves the last key published until its last token has expired',
	},
	{
		name: 'stops publishing retired signing keys',
		mutations: [auth('listPublicKeys', dropProperty('where'))],
		test: 'is unpublished when it is retired, and another signs at once',
	},
	{
		name: 'encrypts stored signing keys',
		mutations: [
			auth('encrypt', replaceText('cipher.update', '')),
			auth('decrypt', replaceText('decipher.update', '')),
			auth('decrypt', replaceCall('final', 'Buffer.alloc(0)')),
		],
		test: 'is stored encrypted',
	},
	{
		name: 'records a security event for a wrong password',
		mutations: [auth('checkPassword', dropCall('record', 'password_wrong'))],
		test: 'are recorded for every step of an account',
	},
	{
		name: 'records a security event for a changed password',
		mutations: [auth('changePassword', dropCall('insertEvent'))],
		test: 'are recorded for every step of an account',
	},
	{
		name: 'makes security events immutable',
		mutations: [auth('security_events_are_never_changed', replaceText('UPDATE OR TRUNCATE', 'TRUNCATE'))],
		test: 'are never changed',
	},
];

/** Protection of accounts, their sessions, API keys and data. */
export const ACCOUNTS: readonly Mutant[] = [
	...MAILED_TOKENS,
	...VERIFICATION,
	...NOTICES,
	...WEAK_PASSWORDS,
	...REGISTRATION,
	...SESSIONS,
	...API_KEYS,
	...DELETED_ACCOUNTS,
	...KEYS_AND_EVENTS,
];
