import { inPackage, type Mutant } from '../mutant.ts';
import {
	dropCall,
	forceCondition,
	replaceCall,
	replaceConstant,
	replaceReturn,
	replaceText,
} from '../operators.ts';

const auth = inPackage('auth');

const GUESSING: readonly Mutant[] = [
	{
		name: 'locks out longer with each wrong password',
		mutations: [auth('lockoutMs', replaceReturn('0'))],
		test: 'counts failures in quick succession in full',
	},
	{
		name: 'limits the lockout of sign-ins to a minute',
		mutations: [auth('lockoutMs', replaceText('LONGEST_LOCKOUT_MS', 'Infinity'))],
		test: 'stays at the longest lockout for attempts as frequent as it allows',
	},
	{
		name: 'throttles guesses at one account',
		mutations: [auth('limitsOf', replaceText('...accountLimits,', ''))],
		test: 'are refused after the limit, with a time to retry after',
	},
	{
		name: 'throttles guesses from one address at any accounts',
		mutations: [auth('limitsOf', replaceReturn('accountLimits'))],
		test: 'are refused across accounts',
	},
	{
		name: 'throttles guesses at one account from many addresses',
		mutations: [auth('effectiveFailuresBeforeLockout', forceCondition(false, 'lockoutMs'))],
		test: 'fall to one while other networks have too many failures',
	},
	{
		name: 'keeps other people’s guesses from locking the owner out',
		mutations: [auth('accountKey', replaceText(` from \${network}`, ''))],
		test: 'never lock out the owner at a new address, however many networks attack',
	},
	{
		name: 'counts wrong passwords for all replicas together',
		mutations: [
			auth(
				'limitsOf',
				replaceCall(
					'networkOf',
					'networkOf(attempt.client.address) + (deps.failuresBeforeLockout.replica ??= Math.random())',
				),
			),
		],
		test: 'are refused at every replica',
	},
	{
		name: 'checks throttled attempts one at a time',
		mutations: [auth('admitAttempt', forceCondition(true, 'reached', 'size'))],
		test: 'are checked one at a time once the limit is reached',
	},
	{
		name: 'counts all addresses of one IPv6 network together',
		mutations: [inPackage('service')('networkOf', forceCondition(true, 'isIPv6'))],
		test: 'networkOf is the same for two addresses of one IPv6 /64, and differs for two /64s',
	},
];

const FLOODS: readonly Mutant[] = [
	{
		name: 'limits concurrent password hashing',
		mutations: [auth('createFairQueue', forceCondition(true, 'concurrency'))],
		test: 'runs at most `concurrency` at a time, and those of one network in order',
	},
	{
		name: 'refuses at once when the queue of passwords is full',
		mutations: [auth('createFairQueue', forceCondition(false, 'maxWaiting'))],
		test: 'refuses at once when it is full, with Retry-After',
	},
	{
		name: 'lets the networks in the queue take turns',
		mutations: [
			auth('takeNext', replaceText('sortWaiters(waiting, loads, compareTurns)[0]?.waiter', 'waiting[0]')),
		],
		test: 'lets networks take turns, however many requests one of them sends',
	},
	{
		name: 'halves the turns of networks',
		mutations: [auth('trackLoads', replaceText('2 **', '1 **'))],
		test: 'halves the turns of networks every 10 s, so that an office with many sign-ins soon competes again',
	},
	{
		name: 'counts turns of accounts',
		mutations: [auth('trackOwnerLoads.rankOf', replaceText('accounts.of(account).turns', '0'))],
		test: 'prefers an account without recent turns to new accounts of other networks, however busy its own is (%i waiters)',
	},
	{
		name: 'counts turns by IPv6 site',
		mutations: [
			auth('createFairQueue', replaceCall('siteOf', 'undefined')),
			auth('trackRangeLoads.of', replaceCall('siteOf', 'undefined')),
		],
		test: 'lets the networks of an IPv6 site share its turns',
	},
	{
		name: 'counts turns by IPv6 /48',
		mutations: [auth('trackRangeLoads.of', replaceCall('siteOf', 'undefined'))],
		test: 'gives an IPv6 /48 four turns for one of another network',
	},
	{
		name: 'gives known networks a queue of their own',
		mutations: [auth('checkPassword', forceCondition(false, 'known-network'))],
		test: 'a password from a known network waits in a separate queue',
	},
	{
		name: 'makes room in a full queue for networks that took less',
		mutations: [auth('makeRoom', forceCondition(true, 'busiest'))],
		test: 'lets 20 users sign in within three tries while 45 networks keep four requests each that %s',
	},
	{
		name: 'counts a turn for clients that hang up',
		mutations: [auth('waitInQueue', dropCall('countTurn'))],
		test: 'counts a turn for a network whose client disconnects while it waits',
	},
	{
		name: 'prefers networks that had no turn yet',
		mutations: [auth('compareRanks', replaceText('compareTurns(one, other) || ', ''))],
		test: 'prefers a network without a turn yet to one that had a turn, however often the former tried',
	},
	{
		name: 'lets the kinds in the queue take turns',
		mutations: [auth('createFairQueue.endTurn', dropCall('delete', 'kind'))],
		test: 'lets kinds take turns, however many networks one of them comes from',
	},
	{
		name: 'gives password hashing the lowest priority',
		mutations: [auth('serveRequests', dropCall('setPriority'))],
		test: 'run at a lower priority than all other threads',
	},
];

const DISCLOSURE: readonly Mutant[] = [
	{
		name: 'takes the same time to refuse an unknown email',
		mutations: [
			auth('createPasswords', replaceCall('compare', 'hash !== null && bcrypt.compare(password, hash)')),
		],
		test: 'without a hash never matches, but takes as many rounds',
	},
	{
		name: 'answers a wrong password and an unknown email in the same time',
		mutations: [
			auth(
				'checkSignInPassword',
				replaceText('const isKnown', 'if (!found) throw wrongCredentials(); const isKnown'),
			),
		],
		test: 'of a wrong password is the same for an email without an account',
	},
	{
		name: 'opens no transaction to sign out a malformed session',
		mutations: [auth('deleteSessionRoute', forceCondition(false, 'isRevocable'))],
		test: 'returns 404 for an unknown one, even if the database is read-only',
	},
	{
		name: 'returns the same response for a wrong password and an unknown email',
		mutations: [
			auth(
				'signIn',
				replaceText(
					'if (!found || !isRight)',
					"if (!found) throw new AppError('not_found', 'No such account.'); if (!isRight)",
				),
			),
		],
		test: 'returns the same response for a wrong password and an unknown email',
	},
	{
		name: 'does not accept the first 72 bytes of a longer password',
		mutations: [auth('createPasswords.isWhole', replaceConstant('true'))],
		test: 'of more than 72 bytes does not match its first 72 bytes',
	},
	{
		name: 'opens no session with a password that was changed during the sign-in',
		mutations: [auth('openSession', forceCondition(false, 'lockAccount'))],
		test: 'opens no session when the password changes during the comparison',
	},
];

/** Protection of sign-in against guessed passwords, floods and probing for accounts. */
export const SIGN_IN: readonly Mutant[] = [...GUESSING, ...FLOODS, ...DISCLOSURE];
