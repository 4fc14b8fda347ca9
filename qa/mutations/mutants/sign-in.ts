import { inPackage, type Mutant } from '../mutant.ts';
import {
	dropCall,
	dropSpread,
	emptyBody,
	forceCondition,
	insertBefore,
	replaceArgument,
	replaceCall,
	replaceConstant,
	replaceReturn,
} from '../operators.ts';

const auth = inPackage('auth');

const GUESSING: readonly Mutant[] = [
	{
		name: 'slows wrong passwords down, the longer the more there are',
		mutations: [auth('delayMs', replaceReturn('0'))],
		test: 'counts failures in quick succession in full',
	},
	{
		name: 'makes nobody wait for longer than a minute',
		mutations: [auth('delayMs', replaceArgument('min', 1, 'Infinity'))],
		test: 'of somebody who tries as often as it lets them stays at the longest delay',
	},
	{
		name: 'slows guesses at one account',
		mutations: [auth('limitsOf', dropSpread('accountLimits'))],
		test: 'are slowed after some, with a time to wait',
	},
	{
		name: 'slows guesses from one address, whatever the accounts',
		mutations: [auth('limitsOf', replaceReturn('accountLimits'))],
		test: 'are slowed whatever the accounts',
	},
	{
		name: 'slows guesses at one account from many addresses',
		mutations: [auth('freeFailuresNow', forceCondition(false, 'delayMs'))],
		test: 'is one failure while others have failed too often',
	},
	{
		name: 'keeps strangers’ guesses from locking the owner out',
		mutations: [auth('accountKey', insertBefore("network = '';", 'digestOf'))],
		test: 'keep the owner at a new address waiting for nobody, however many go on attacking',
	},
	{
		name: 'counts wrong passwords for all replicas together',
		mutations: [
			auth(
				'limitsOf',
				replaceCall(
					'networkOf',
					'networkOf(attempt.client.address) + (deps.freeFailures.replica ??= Math.random())',
				),
			),
		],
		test: 'are slowed at every replica',
	},
	{
		name: 'judges slowed attempts one at a time',
		mutations: [auth('admit', forceCondition(true, 'slowed', 'size'))],
		test: 'are judged one at a time once slowed, however many come at the same moment',
	},
	{
		name: 'counts the addresses of one IPv6 network as one',
		mutations: [inPackage('service')('networkOf', forceCondition(true, 'isIPv6'))],
		test: 'two addresses of one IPv6 network count as one, of two networks as two',
	},
];

const FLOODS: readonly Mutant[] = [
	{
		name: 'hashes no more passwords at once than it may',
		mutations: [auth('createFairLine', forceCondition(true, 'concurrency'))],
		test: 'runs no more at once than it may, and those of one network in order',
	},
	{
		name: 'refuses at once when the line of passwords is full',
		mutations: [auth('createFairLine', forceCondition(false, 'maxWaiting'))],
		test: 'refuses at once when full and says when to come back',
	},
	{
		name: 'lets the networks in the line take turns',
		mutations: [
			auth('takeNext', dropCall('delete')),
			auth('takeNext', insertBefore('if (others.length === 0) waiting.delete(network);', 'set')),
		],
		test: 'lets networks take turns, however many one of them sends',
	},
	{
		name: 'lets the kinds in the line take turns',
		mutations: [auth('createFairLine.leavePlace', dropCall('delete', 'kind'))],
		test: 'lets kinds take turns, from however many networks one of them comes',
	},
	{
		name: 'lets everything else go before the hashing of passwords',
		mutations: [auth('lowerOwnPriority', emptyBody())],
		test: 'let everything else go first',
	},
];

const WHAT_SIGN_IN_SHOWS: readonly Mutant[] = [
	{
		name: 'compares as long where there is no account',
		mutations: [
			auth('createPasswords', replaceCall('compare', 'hash !== null && bcrypt.compare(password, hash)')),
		],
		test: 'never matches where there is no hash, after as many rounds as anywhere',
	},
	{
		name: 'answers a wrong password and an unknown email in the same time',
		mutations: [
			auth('checkSignInPassword', insertBefore('if (!found) throw wrongCredentials();', 'isKnownNetwork')),
		],
		test: 'to a wrong password is the same for an email without an account',
	},
	{
		name: 'answers a wrong password and an unknown email alike',
		mutations: [
			auth(
				'signIn',
				insertBefore(
					"if (!found) throw new AppError('not_found', 'there is no such account');",
					'isRight',
					'wrongCredentials',
				),
			),
		],
		test: 'answers a wrong password and an unknown email alike',
	},
	{
		name: 'takes no password that is cut at 72 bytes for the whole',
		mutations: [auth('createPasswords.isWhole', replaceConstant('true'))],
		test: 'of more than 72 bytes does not match one that it begins with',
	},
	{
		name: 'opens no session with a password that was changed meanwhile',
		mutations: [auth('openSession', forceCondition(false, 'lockAccount'))],
		test: 'opens no session with a password that was changed while it was being compared',
	},
];

/** What stands between an account and who guesses, floods or asks around. */
export const SIGN_IN: readonly Mutant[] = [...GUESSING, ...FLOODS, ...WHAT_SIGN_IN_SHOWS];
