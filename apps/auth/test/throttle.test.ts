import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from './support/auth-service.ts';
import { call, HOME, login, newEmail, PASSWORD, type Person, register, signIn } from './support/requests.ts';

const AWAY = '198.51.100.1';
const STRANGER = '203.0.113.1';

let auth: AuthService;
let person: Person;

beforeAll(async () => {
	auth = await startAuth({ LOGIN_FAILURES_PER_ACCOUNT: '3', LOGIN_FAILURES_PER_ADDRESS: '8' });
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

/** As if so much time had passed since the last attempts. */
async function letPass(seconds: number): Promise<void> {
	await auth.prisma.$executeRaw`
		UPDATE login_failures SET last_failed_at = last_failed_at - make_interval(secs => ${seconds}::float8)`;
}

describe('wrong passwords for an account', () => {
	test('are slowed after some, with a time to wait', async () => {
		expect(await statusesOf(4, () => wrong(person.email, STRANGER))).toEqual([401, 401, 401, 429]);
		const answer = await wrong(person.email, STRANGER);
		expect(answer.body.error.code).toBe('rate_limited');
		expect(answer.headers['retry-after']).toBe('1');
	});

	test('are slowed from whatever address they come', async () => {
		const statuses = [1, 2, 3, 4].map(async (last) => wrong(person.email, `203.0.113.${last}`));
		expect((await Promise.all(statuses)).length).toBe(4);
		expect((await wrong(person.email, '203.0.113.9')).status).toBe(429);
	});

	test('are slowed at every replica', async () => {
		const replica = await auth.startReplica();
		await statusesOf(3, () => wrong(person.email, STRANGER));
		expect((await wrong(person.email, STRANGER, replica)).status).toBe(429);
	});

	test('make everybody wait for a minute at most, however many they were', async () => {
		await wrong(person.email, STRANGER);
		await auth.prisma.loginFailure.updateMany({ data: { failures: 1000, lastFailedAt: new Date() } });
		const answer = await login(auth.app, person.email, PASSWORD, AWAY).expect(429);
		expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
		await letPass(60);
		await login(auth.app, person.email, PASSWORD, AWAY).expect(200);
	});

	test('by strangers do not slow the owner at home', async () => {
		await statusesOf(5, () => wrong(person.email, STRANGER));
		await login(auth.app, person.email, PASSWORD, HOME).expect(200);
		expect((await wrong(person.email, STRANGER)).status).toBe(429);
	});

	test('by strangers do not slow the owner in another IPv6 address of the same network', async () => {
		const owner = await register(auth.app, '2001:db8:1:2::1');
		await statusesOf(5, () => wrong(owner.email, STRANGER));
		await login(auth.app, owner.email, PASSWORD, '2001:db8:1:2:aaaa::7').expect(200);
	});

	test('by the owner at home are slowed too, and forgotten at the right one', async () => {
		expect(await statusesOf(4, () => wrong(person.email, HOME))).toEqual([401, 401, 401, 429]);
		await letPass(1);
		await login(auth.app, person.email, PASSWORD, HOME).expect(200);
		expect(await statusesOf(3, () => wrong(person.email, HOME))).toEqual([401, 401, 401]);
	});

	test('are not forgotten when the owner signs in elsewhere', async () => {
		await statusesOf(4, () => wrong(person.email, STRANGER));
		await letPass(1);
		await login(auth.app, person.email, PASSWORD, AWAY).expect(200);
		expect(await statusesOf(2, () => wrong(person.email, STRANGER))).toEqual([401, 429]);
	});

	test('are judged one at a time once slowed, however many come at the same moment', async () => {
		await statusesOf(3, () => wrong(person.email, STRANGER));
		await letPass(1);
		const wide = await auth.startReplica({ BCRYPT_CONCURRENCY: '4' });
		const answers = await Promise.all(Array.from({ length: 6 }, () => wrong(person.email, STRANGER, wide)));
		expect(answers.map(({ status }) => status).sort()).toEqual([401, 429, 429, 429, 429, 429]);
	});

	test('that are refused as too early do not lengthen the wait', async () => {
		await statusesOf(3, () => wrong(person.email, STRANGER));
		const [before] = await auth.prisma.loginFailure.findMany({ orderBy: { failures: 'desc' } });
		await statusesOf(5, () => wrong(person.email, STRANGER));
		const [after] = await auth.prisma.loginFailure.findMany({ orderBy: { failures: 'desc' } });
		expect(after).toEqual(before);
	});

	test('are told to the log with the user', async () => {
		await statusesOf(4, () => wrong(person.email, STRANGER));
		expect(auth.log).toContainEqual({
			event: 'security.password_slowed',
			fields: expect.objectContaining({ user_id: person.id, network: STRANGER }),
		});
	});

	test('keep no email in the database', async () => {
		await wrong(person.email, STRANGER);
		expect(JSON.stringify(await auth.prisma.loginFailure.findMany())).not.toContain(person.email);
	});
});

describe('wrong passwords from an address', () => {
	test('are slowed whatever the accounts', async () => {
		const statuses = await statusesOf(9, () => wrong(newEmail(), STRANGER));
		expect(statuses).toEqual([...Array(8).fill(401), 429]);
		await login(auth.app, person.email, PASSWORD, AWAY).expect(200);
	});

	test('are slowed for a whole IPv6 network', async () => {
		let host = 0;
		const statuses = await statusesOf(9, () => {
			host += 1;
			return wrong(newEmail(), `2001:db8:f:f::${host}`);
		});
		expect(statuses.at(-1)).toBe(429);
	});

	test('are not forgotten when a right one comes from there', async () => {
		await statusesOf(7, () => wrong(newEmail(), HOME));
		await login(auth.app, person.email, PASSWORD, HOME).expect(200);
		expect(await statusesOf(2, () => wrong(newEmail(), HOME))).toEqual([401, 429]);
	});

	test('leave right ones there no further delay among themselves', async () => {
		await statusesOf(8, () => wrong(newEmail(), HOME));
		await letPass(1);
		await login(auth.app, person.email, PASSWORD, HOME).expect(200);
		await login(auth.app, person.email, PASSWORD, HOME).expect(200);
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

	test('are slowed for the session', async () => {
		expect(await statusesOf(4, () => attempt(person))).toEqual([401, 401, 401, 429]);
	});

	test("in a thief's session do not slow the owner's", async () => {
		const thief = await signIn(auth.app, person);
		await statusesOf(4, () => attempt(thief));
		expect((await attempt(person)).status).toBe(401);
		await login(auth.app, person.email, PASSWORD, HOME).expect(200);
	});

	test('are not slowed by failed sign-ins of strangers', async () => {
		await statusesOf(5, () => wrong(person.email, STRANGER));
		expect((await attempt(person)).status).toBe(401);
	});
});
