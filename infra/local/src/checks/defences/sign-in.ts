import type { Defence } from './defence.ts';

const AUTH = 'apps/auth';
const SRC = `${AUTH}/src`;
const THROTTLE = { suite: `${AUTH}/test/throttle.test.ts` };
const CHECK = { file: `${SRC}/domain/check-password.ts`, ...THROTTLE };
const rule = (name: string) => ({
	file: `${SRC}/domain/${name}.ts`,
	suite: `${SRC}/domain/${name}.test.ts`,
});
const COUNTER = rule('failure-counter');
const LINE = rule('fair-line');
const PASSWORDS = rule('passwords');
const LOGIN = { suite: `${AUTH}/test/login.test.ts` };

const GUESSING: readonly Defence[] = [
	{
		name: 'slows wrong passwords down, the longer the more there are',
		...COUNTER,
		code: 'return beyond < 0 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** beyond);',
		without: 'return 0;',
		test: 'counts failures in quick succession in full',
	},
	{
		name: 'makes nobody wait for longer than a minute',
		...COUNTER,
		code: 'Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** beyond)',
		without: 'FIRST_DELAY_MS * 2 ** beyond',
		test: 'of somebody who tries as often as it lets them stays at the longest delay',
	},
	{
		name: 'slows guesses at one account',
		...CHECK,
		code: 'return [...accountLimits, {',
		without: 'return [{',
		test: 'are slowed after some, with a time to wait',
	},
	{
		name: 'slows guesses from one address, whatever the accounts',
		...CHECK,
		// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code
		code: "return [...accountLimits, { key: `address ${network}`, scope: 'address', freeFailures: address }];",
		without: 'return accountLimits;',
		test: 'are slowed whatever the accounts',
	},
	{
		name: 'slows guesses at one account from many addresses',
		...COUNTER,
		code: '? Math.min(freeFailures, FREE_IN_A_CROWD) : freeFailures;',
		without: '? freeFailures : freeFailures;',
		test: 'is one failure while others have failed too often',
	},
	{
		name: 'keeps strangers’ guesses from locking the owner out',
		...CHECK,
		// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code
		code: 'return `account ${digestOf(email)} from ${network}`;',
		// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code
		without: 'return `account ${digestOf(email)}`;',
		test: 'keep the owner at a new address waiting for nobody, however many go on attacking',
	},
	{
		name: 'counts wrong passwords for all replicas together',
		...CHECK,
		code: 'const { account, address } = deps.freeFailures;\n\tconst network = networkOf(attempt.client.address);',
		without:
			'const { account, address } = deps.freeFailures;\n\tconst own = Object.assign(deps.freeFailures, { own: deps.freeFailures.own ?? Math.random() }).own;\n\tconst network = networkOf(attempt.client.address) + own;',
		test: 'are slowed at every replica',
	},
	{
		name: 'judges slowed attempts one at a time',
		file: `${SRC}/domain/login-throttle.ts`,
		code: 'if (slowed.size === 0) return',
		without: 'if (slowed.size >= 0) return',
		...THROTTLE,
		test: 'are judged one at a time once slowed, however many come at the same moment',
	},
	{
		name: 'counts the addresses of one IPv6 network as one',
		file: 'packages/service/src/address-network.ts',
		code: 'if (!isIPv6(address)) return address;',
		without: 'return address;',
		suite: 'packages/service/src/address-network.test.ts',
		test: 'two addresses of one IPv6 network count as one, of two networks as two',
	},
];

const FLOODS: readonly Defence[] = [
	{
		name: 'hashes no more passwords at once than it may',
		...LINE,
		code: 'if (running < options.concurrency) running += 1;',
		without: 'if (running >= 0) running += 1;',
		test: 'runs no more at once than it may, and those of one network in order',
	},
	{
		name: 'refuses at once when the line of passwords is full',
		...LINE,
		code: "throw refuse('the line is full');",
		without: ';',
		test: 'refuses at once when full and says when to come back',
		isSlow: true,
	},
	{
		name: 'lets the networks in the line take turns',
		...LINE,
		code: 'waiting.delete(network);\n\tif (others.length > 0) waiting.set(network, others);',
		without: 'if (others.length > 0) waiting.set(network, others);\n\telse waiting.delete(network);',
		test: 'lets networks take turns, however many one of them sends',
	},
	{
		name: 'lets the kinds in the line take turns',
		...LINE,
		code: 'lines.delete(kind);\n\t\t\tlines.set(kind, waiting);',
		without: '',
		test: 'lets kinds take turns, from however many networks one of them comes',
	},
	{
		name: 'lets everything else go before the hashing of passwords',
		file: `${SRC}/password-thread.ts`,
		code: '\nlowerOwnPriority();',
		without: '',
		suite: `${SRC}/password-threads.test.ts`,
		test: 'let everything else go first',
	},
];

const WHAT_IT_TELLS: readonly Defence[] = [
	{
		name: 'compares as long where there is no account',
		...PASSWORDS,
		code: 'await bcrypt.compare(password, hash ?? nobodys);',
		without: 'hash !== null && (await bcrypt.compare(password, hash));',
		test: 'never matches where there is no hash, after as many rounds as anywhere',
	},
	{
		name: 'answers a wrong password and an unknown email in the same time',
		file: `${SRC}/domain/sign-in.ts`,
		code: 'const isKnown = await',
		without: 'if (!found) throw wrongCredentials();\n\tconst isKnown = await',
		suite: `${AUTH}/test/equal-time.test.ts`,
		test: 'to a wrong password is the same for an email without an account',
	},
	{
		name: 'answers a wrong password and an unknown email alike',
		file: `${SRC}/domain/sign-in.ts`,
		code: 'if (!found || !isRight) throw wrongCredentials();',
		without:
			"if (!found) throw new AppError('not_found', 'there is no such account');\n\tif (!isRight) throw wrongCredentials();",
		...LOGIN,
		test: 'answers a wrong password and an unknown email alike',
	},
	{
		name: 'takes no password that is cut at 72 bytes for the whole',
		...PASSWORDS,
		code: 'const isWhole = Buffer.byteLength(password) <= MAX_BYTES;',
		without: 'const isWhole = true;',
		test: 'of more than 72 bytes does not match one that it begins with',
	},
	{
		name: 'opens no session with a password that was changed meanwhile',
		file: `${SRC}/data/accounts.ts`,
		code: 'if (!(await lockAccount(tx, owner))) return false;',
		without: '',
		...LOGIN,
		test: 'opens no session with a password that was changed while it was being compared',
	},
];

/** What stands between an account and who guesses, floods or asks around. */
export const SIGN_IN: readonly Defence[] = [...GUESSING, ...FLOODS, ...WHAT_IT_TELLS];
