import { formatWait } from '@creatorr/contracts/format';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { call, login, newEmail, PASSWORD, register } from '../testing/requests.ts';

const PER_HOUR = 10;

let auth: AuthService;
let replica: string;

beforeAll(async () => {
	auth = await startAuth({ REGISTRATIONS_PER_NETWORK: String(PER_HOUR) });
	replica = await auth.startReplica();
});

afterAll(() => auth.close());

const attempt = (address: string, email = newEmail(), app = auth.app) =>
	call(app, 'post', '/v1/auth/register', { address }).send({ email, password: PASSWORD });

/** Returns the statuses of `count` attempts, sent concurrently to both replicas. */
async function statusesOf(count: number, address: (index: number) => string, email?: string) {
	const apps = [auth.app, replica];
	const responses = await Promise.all(
		Array.from({ length: count }, (_, index) => attempt(address(index), email, apps[index % 2])),
	);
	return Object.fromEntries(
		[...Map.groupBy(responses, ({ status }) => status)].map(([status, { length }]) => [status, length]),
	);
}

describe('registrations from one network', () => {
	test('are refused beyond the hourly limit of all replicas, but not those from other networks', async () => {
		expect(await statusesOf(30, () => '198.51.100.1')).toEqual({ 201: PER_HOUR, 429: 30 - PER_HOUR });
		const refused = await attempt('198.51.100.1').expect(429);
		expect(refused.body.error.code).toBe('rate_limited');
		const waitSeconds = Number(refused.headers['retry-after']);
		expect(refused.body.error.message).toBe(
			`Too many accounts were created from your network. Try again in ${formatWait(waitSeconds)}.`,
		);
		expect(waitSeconds).toBeGreaterThan(0);
		expect(waitSeconds).toBeLessThanOrEqual(3600 / PER_HOUR);
		await attempt('198.51.100.2').expect(201);
	});

	test('are limited too if they only find taken emails', async () => {
		const { email } = await register(auth.app, '198.51.100.3');
		expect(await statusesOf(150, () => '198.51.100.4', email)).toEqual({
			409: PER_HOUR,
			429: 150 - PER_HOUR,
		});
	});

	test('do not limit sign-in', async () => {
		const { email } = await register(auth.app, '198.51.100.5');
		await statusesOf(PER_HOUR + 2, () => '198.51.100.5');
		await login(auth.app, email, PASSWORD, '198.51.100.5').expect(200);
	});

	test('are counted for a whole IPv6 site', async () => {
		const inSite = (index: number) => `2001:db8:1:${(index % 256).toString(16)}::1`;
		expect(await statusesOf(60, inSite)).toEqual({ 201: PER_HOUR * 4, 429: 60 - PER_HOUR * 4 });
		await attempt('2001:db8:1:100::1').expect(201);
	});

	test('are counted for a whole IPv6 /48', async () => {
		const key = 'register 2001:db8:2::/48';
		await attempt('2001:db8:2:100::1').expect(201);
		const usedUp = new Date(Date.now() + 3_600_000);
		await auth.prisma.hourlyQuota.update({ where: { key }, data: { fullAt: usedUp } });
		await attempt('2001:db8:2:200::1').expect(429);
		await attempt('2001:db8:3:200::1').expect(201);
	});

	test('cost no statement while they are refused', async () => {
		const address = '198.51.100.6';
		// Enough that both replicas have refused some.
		await statusesOf(PER_HOUR * 4, () => address);
		const { prisma } = auth;
		await prisma.hourlyQuota.delete({ where: { key: `register ${address}` } });
		expect(await statusesOf(20, () => address)).toEqual({ 429: 20 });
		expect(await prisma.hourlyQuota.count({ where: { key: `register ${address}` } })).toBe(0);
	});
});
