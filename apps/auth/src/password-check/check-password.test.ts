import { silent } from '@creatorr/testing/silent';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { call, HOME, login, newEmail, PASSWORD, type Person, register, signIn } from '../testing/requests.ts';
import { checkPassword } from './check-password.ts';
import { createFairQueue } from './fair-queue.ts';

const AWAY = '198.51.100.1';
const ATTACKER = '203.0.113.1';

let auth: AuthService;
let person: Person;

beforeAll(async () => {
	auth = await startAuth({ LOGIN_FAILURES_PER_ACCOUNT: '3', LOGIN_FAILURES_PER_NETWORK: '8' });
});

beforeEach(async () => {
	await auth.prisma.loginFailure.deleteMany();
	person = await register(auth.app);
});

afterAll(() => auth.close());

const wrong = (email: string, address: string, app = auth.app) => login(app, email, 'wrong', address);

async function statusesOf(count: number, attempt: () => PromiseLike<{ status: number }>): Promise<number[]> {
	const statuses: number[] = [];
	for (let tries = 0; tries < count; tries += 1) statuses.push((await attempt()).status);
	return statuses;
}

const HOUR = 3_600;

/** Stops the counters' clock: no lockout ends and nothing is forgiven until {@link letPass}. */
const stopTheClock = () => shift(HOUR);

async function shift(seconds: number): Promise<void> {
	await auth.prisma.$executeRaw`
		UPDATE login_failures SET last_failed_at = last_failed_at + make_interval(secs => ${seconds}::float8)`;
}

/** Lets time pass on the counters' stopped clock. */
const letPass = (seconds: number) => shift(-HOUR - seconds);

/** Simulates enough failures that only one attempt per minute is allowed, and a minute without any. */
async function applyMaximumLockout(): Promise<void> {
	const lastFailedAt = new Date(Date.now() - 61_000);
	await auth.prisma.loginFailure.updateMany({ data: { failures: 1_000, lastFailedAt } });
}

describe('wrong passwords for an account', () => {
	test('are refused after the limit, with a time to retry after', async () => {
		expect(await statusesOf(3, () => wrong(person.email, ATTACKER))).toEqual([401, 401, 401]);
		await stopTheClock();
		const response = await wrong(person.email, ATTACKER).expect(429);
		expect(response.body.error.code).toBe('rate_limited');
		expect(response.headers['retry-after']).toBe('1');
	});

	test('are refused from every address after one free attempt', async () => {
		await Promise.all([1, 2, 3].map((last) => wrong(person.email, `203.0.113.${last}`)));
		await stopTheClock();
		await wrong(person.email, '203.0.113.9').expect(401);
		await stopTheClock();
		await wrong(person.email, '203.0.113.9').expect(429);
	});

	test('never lock out the owner at a new address, however many networks attack', async () => {
		const attackers = Array.from({ length: 30 }, (_, index) => `203.0.113.${index}`);
		await Promise.all(attackers.map((address) => wrong(person.email, address)));
		await stopTheClock();
		const attack = await Promise.all(attackers.map((address) => wrong(person.email, address)));
		expect(new Set(attack.map(({ status }) => status))).toEqual(new Set([429]));
		await login(auth.app, person.email, PASSWORD, AWAY).expect(200);
	});

	test('by the owner at a new address lock them out for a second during an attack', async () => {
		await statusesOf(3, () => wrong(person.email, ATTACKER));
		await applyMaximumLockout();
		await wrong(person.email, AWAY).expect(401);
		await auth.prisma.loginFailure.updateMany({
			where: { key: { endsWith: `from ${AWAY}` } },
			data: { lastFailedAt: new Date(Date.now() + HOUR * 1_000) },
		});
		const response = await login(auth.app, person.email, PASSWORD, AWAY).expect(429);
		expect(response.headers['retry-after']).toBe('1');
		await letPass(1);
		await login(auth.app, person.email, PASSWORD, AWAY).expect(200);
	});

	test('are refused for a whole IPv6 site', async () => {
		const from = (network: number) =>
			wrong(person.email, `2001:db8:1:ab${network.toString(16).padStart(2, '0')}::1`);
		expect(
			new Set(await Promise.all(Array.from({ length: 12 }, (_, n) => from(n).then(({ status }) => status)))),
		).toEqual(new Set([401]));
		await stopTheClock();
		await from(99).expect(429);
		await login(auth.app, person.email, PASSWORD, '2001:db8:1:cd00::1').expect(200);
	});

	test('are refused at every replica', async () => {
		const replica = await auth.startReplica();
		await statusesOf(3, () => wrong(person.email, ATTACKER));
		await stopTheClock();
		await wrong(person.email, ATTACKER, replica).expect(429);
	});

	test('lock out for at most a minute', async () => {
		await wrong(person.email, ATTACKER);
		await applyMaximumLockout();
		await wrong(person.email, ATTACKER).expect(401);
		const response = await login(auth.app, person.email, PASSWORD, ATTACKER).expect(429);
		expect(Number(response.headers['retry-after'])).toBeLessThanOrEqual(60);
		await applyMaximumLockout();
		await login(auth.app, person.email, PASSWORD, ATTACKER).expect(200);
	});

	test('by other people do not lock out the owner at a known network', async () => {
		await statusesOf(3, () => wrong(person.email, ATTACKER));
		await stopTheClock();
		await wrong(person.email, ATTACKER).expect(429);
		await login(auth.app, person.email, PASSWORD, HOME).expect(200);
	});

	test('by other people do not lock out the owner at another address of a known IPv6 network', async () => {
		const owner = await register(auth.app, '2001:db8:1:2::1');
		await statusesOf(3, () => wrong(owner.email, ATTACKER));
		await stopTheClock();
		await wrong(owner.email, ATTACKER).expect(429);
		await login(auth.app, owner.email, PASSWORD, '2001:db8:1:2:aaaa::7').expect(200);
	});

	test('by the owner are refused too, and cleared by the right password', async () => {
		await statusesOf(3, () => wrong(person.email, HOME));
		await stopTheClock();
		await login(auth.app, person.email, PASSWORD, HOME).expect(429);
		await letPass(1);
		await login(auth.app, person.email, PASSWORD, HOME).expect(200);
		expect(await statusesOf(3, () => wrong(person.email, HOME))).toEqual([401, 401, 401]);
	});

	test('are not cleared when the owner signs in elsewhere', async () => {
		await statusesOf(3, () => wrong(person.email, ATTACKER));
		await stopTheClock();
		await letPass(1);
		await login(auth.app, person.email, PASSWORD, AWAY).expect(200);
		await wrong(person.email, ATTACKER).expect(401);
		await stopTheClock();
		await wrong(person.email, ATTACKER).expect(429);
	});

	test('are checked one at a time once the limit is reached', async () => {
		await wrong(person.email, ATTACKER);
		await applyMaximumLockout();
		const wide = await auth.startReplica({ BCRYPT_CONCURRENCY: '4' });
		const responses = await Promise.all(Array.from({ length: 6 }, () => wrong(person.email, ATTACKER, wide)));
		expect(responses.map(({ status }) => status).sort()).toEqual([401, 429, 429, 429, 429, 429]);
	});

	test('that are refused do not extend the lockout', async () => {
		await statusesOf(3, () => wrong(person.email, ATTACKER));
		await stopTheClock();
		const before = await auth.prisma.loginFailure.findMany({ orderBy: { key: 'asc' } });
		await wrong(person.email, ATTACKER).expect(429);
		expect(await auth.prisma.loginFailure.findMany({ orderBy: { key: 'asc' } })).toEqual(before);
	});

	test('are logged with the user', async () => {
		await statusesOf(3, () => wrong(person.email, ATTACKER));
		await stopTheClock();
		await wrong(person.email, ATTACKER).expect(429);
		expect(auth.log).toContainEqual({
			event: 'security.password_throttled',
			fields: expect.objectContaining({ user_id: person.id, network: ATTACKER }),
		});
	});

	test('that are refused repeatedly are logged once a minute for each user and network', async () => {
		await statusesOf(3, () => wrong(person.email, ATTACKER));
		await stopTheClock();
		expect(await statusesOf(3, () => wrong(person.email, ATTACKER))).toEqual([429, 429, 429]);
		const logged = auth.log.filter(
			({ event, fields }) => event === 'security.password_throttled' && fields?.user_id === person.id,
		);
		expect(logged).toHaveLength(1);
	});

	test('store no email', async () => {
		await wrong(person.email, ATTACKER);
		const stored = await auth.prisma.loginFailure.findMany();
		expect(stored).toHaveLength(3);
		expect(JSON.stringify(stored)).not.toContain(person.email);
	});
});

describe('wrong passwords from an address', () => {
	test('are refused across accounts', async () => {
		expect(await statusesOf(8, () => wrong(newEmail(), ATTACKER))).toEqual(Array(8).fill(401));
		await stopTheClock();
		await wrong(newEmail(), ATTACKER).expect(429);
		await login(auth.app, person.email, PASSWORD, AWAY).expect(200);
	});

	test('are refused for a whole IPv6 network', async () => {
		const from = (host: number) => wrong(newEmail(), `2001:db8:f:f::${host}`);
		await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(from));
		await stopTheClock();
		await from(9).expect(429);
	});

	test('are not cleared by a right password from there', async () => {
		await statusesOf(7, () => wrong(newEmail(), HOME));
		await login(auth.app, person.email, PASSWORD, HOME).expect(200);
		await wrong(newEmail(), HOME).expect(401);
		await stopTheClock();
		await wrong(newEmail(), HOME).expect(429);
	});

	test('do not make right passwords from there lock each other out', async () => {
		await wrong(newEmail(), HOME);
		await applyMaximumLockout();
		await login(auth.app, person.email, PASSWORD, HOME).expect(200);
		await login(auth.app, person.email, PASSWORD, HOME).expect(200);
		await wrong(newEmail(), HOME).expect(401);
		await login(auth.app, person.email, PASSWORD, HOME).expect(429);
	});
});

describe.each([
	[
		'password change',
		'post',
		'/v1/auth/password',
		{ current_password: 'wrong', new_password: 'new password' },
	],
	['account deletion', 'delete', '/v1/me', { password: 'wrong' }],
] as const)('wrong passwords at %s', (_, method, path, body) => {
	const attempt = (of: Person) => call(auth.app, method, path, { person: of }).send(body);

	test('are refused for the session', async () => {
		expect(await statusesOf(3, () => attempt(person))).toEqual([401, 401, 401]);
		await stopTheClock();
		await attempt(person).expect(429);
	});

	test('in a thief’s session do not lock out the owner’s', async () => {
		const thief = await signIn(auth.app, person);
		await statusesOf(3, () => attempt(thief));
		await stopTheClock();
		await attempt(thief).expect(429);
		await attempt(person).expect(401);
		await login(auth.app, person.email, PASSWORD, HOME).expect(200);
	});

	test('are not refused after failed sign-ins of other people', async () => {
		await statusesOf(3, () => wrong(person.email, ATTACKER));
		await stopTheClock();
		await wrong(person.email, ATTACKER).expect(429);
		await attempt(person).expect(401);
	});
});

test('a password from a known network waits in a separate queue', async () => {
	const queue = createFairQueue({
		concurrency: 1,
		maxWaiting: 1,
		maxWaitMs: HOUR * 1_000,
		retryAfterSeconds: 1,
		monotonicMs: () => 0,
	});
	const held = Promise.withResolvers<void>();
	const clientGone = new AbortController().signal;
	const flood = [1, 2].map((last) =>
		queue({ kind: 'sign-in', network: `203.0.113.${last}`, clientGone }, () => held.promise),
	);
	const deps = {
		prisma: auth.prisma,
		queue,
		failuresBeforeLockout: { account: 3, network: 8 },
		passwords: { matches: async () => true, hash: async () => '' },
		isRepeat: () => true,
		logger: silent,
	};
	const check = (origin: 'known-network' | 'unknown-network', address: string) =>
		checkPassword(deps, {
			owner: null,
			email: person.email,
			password: PASSWORD,
			origin,
			clientGone,
			client: { address, userAgent: null },
		});
	const known = check('known-network', HOME);
	await expect(check('unknown-network', AWAY)).rejects.toMatchObject({ code: 'rate_limited' });
	held.resolve();
	expect(await known).toBe(true);
	await Promise.all(flood);
});
