import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pruneGatewayLeases } from './gateway-leases/gateway-leases.sql.ts';
import { pruneLoginFailures } from './password-check/login-failures.sql.ts';
import { pruneSessions } from './sessions/sessions.sql.ts';
import { pruneKnownNetworks } from './sign-in/sign-in.sql.ts';
import { type AuthService, startAuth } from './testing/auth-service.ts';
import { newInstanceId } from './testing/fake-gateway.ts';
import { isAlive, type Person, register } from './testing/requests.ts';

const NEVER = new AbortController().signal;
const SECOND_MS = 1_000;
const DAY_MS = 24 * 3_600 * SECOND_MS;

let auth: AuthService;
let person: Person;

beforeAll(async () => {
	auth = await startAuth();
	person = await register(auth.app);
});

afterAll(() => auth.close());

const ago = (ms: number) => new Date(Date.now() - ms);

describe('pruning', () => {
	test('deletes login failures once all are forgiven, and no sooner', async () => {
		await auth.prisma.loginFailure.createMany({
			data: [
				{ key: 'forgiven', failures: 2, lastFailedAt: ago(121 * SECOND_MS) },
				{ key: 'remembered', failures: 2, lastFailedAt: ago(100 * SECOND_MS) },
			],
		});
		await pruneLoginFailures.run(auth, NEVER);
		expect((await auth.prisma.loginFailure.findMany()).map(({ key }) => key)).toEqual(['remembered']);
	});

	test('deletes expired sessions and no others', async () => {
		const id = newId('ses');
		await auth.prisma.session.create({
			data: {
				id,
				userId: person.id,
				createdAt: ago(DAY_MS),
				lastSeenAt: ago(DAY_MS),
				expiresAt: ago(SECOND_MS),
				clientAddress: '',
			},
		});
		await pruneSessions.run(auth, NEVER);
		expect(await auth.prisma.session.count({ where: { id } })).toBe(0);
		expect(await isAlive(auth.app, person.sessionId)).toBe(true);
	});

	test('deletes known networks after 90 days', async () => {
		const network = (name: string, days: number) => ({
			userId: person.id,
			network: name,
			lastSignedInAt: ago(days * DAY_MS),
		});
		await auth.prisma.knownNetwork.createMany({ data: [network('old', 91), network('recent', 89)] });
		await pruneKnownNetworks.run(auth, NEVER);
		const left = await auth.prisma.knownNetwork.findMany({ where: { network: { in: ['old', 'recent'] } } });
		expect(left.map((row) => row.network)).toEqual(['recent']);
	});

	test('fences gateways that have stopped renewing, and deletes them a day later', async () => {
		const lease = (expiredMs: number, fencedMs: number | null) => ({
			id: newInstanceId(),
			callbackUrl: 'http://127.0.0.1:1',
			expiresAt: ago(expiredMs),
			fencedAt: fencedMs === null ? null : ago(fencedMs),
		});
		const [live, late, silent, fenced, forgotten] = [
			lease(-SECOND_MS, null),
			lease(SECOND_MS, null),
			lease(61 * SECOND_MS, null),
			lease(DAY_MS, DAY_MS - 60 * SECOND_MS),
			lease(2 * DAY_MS, DAY_MS + SECOND_MS),
		];
		await auth.prisma.gatewayLease.createMany({ data: [live, late, silent, fenced, forgotten] });
		await pruneGatewayLeases.run(auth, NEVER);
		const rows = await auth.prisma.gatewayLease.findMany();
		const isFenced = new Map(rows.map((row) => [row.id, row.fencedAt !== null]));
		expect([live, late, silent, fenced, forgotten].map(({ id }) => isFenced.get(id))).toEqual([
			false,
			false,
			true,
			true,
			undefined,
		]);
	});
});
