import { accountVerified } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { connectBroker } from '@creatorr/messaging/connection';
import { startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import { silent } from '@creatorr/testing/silent';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { startGateway } from '../testing/fake-gateway.ts';
import { mailsTo, RESET, untilAllSent, VERIFY } from '../testing/mails.ts';
import {
	call,
	HOME,
	isAlive,
	login,
	newEmail,
	PASSWORD,
	type Person,
	register,
	signIn,
} from '../testing/requests.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { publishMissedEvents } from './verify-email.sql.ts';

let auth: AuthService;
let person: Person;

beforeAll(async () => {
	auth = await startAuth({ MAILS_PER_EMAIL: '2', MAILS_PER_NETWORK: '4' });
});

beforeEach(async () => {
	await auth.prisma.hourlyQuota.deleteMany();
	person = await register(auth.app);
});

afterAll(() => auth.close());

/** Verifies as the signed-in owner. */
const verify = (token: unknown) => call(auth.app, 'post', '/v1/auth/verify', { person }).send({ token });
/** Verifies as someone who only has the mail. */
const verifyAsReader = (body: object, address = HOME) =>
	call(auth.app, 'post', '/v1/auth/verify', { address }).send(body);

async function verificationToken(): Promise<string> {
	return (await mailsTo(auth, person.email, { about: VERIFY }))[0]?.token ?? '';
}

async function isVerified(): Promise<boolean> {
	return (await call(auth.app, 'get', '/v1/me', { person }).expect(200)).body.data.email_verified;
}

describe('the email of an account', () => {
	test('is verified with the token of the mail after registration', async () => {
		expect(await isVerified()).toBe(false);
		const [mail] = await mailsTo(auth, person.email, { about: VERIFY });
		expect(mail?.text).toContain(`https://app.example.com/verify-email#token=${mail?.token}`);
		await verify(mail?.token).expect(204);
		expect(await isVerified()).toBe(true);
		expect(await isEventKept('email_verified')).toBe(true);
	});

	const isEventKept = async (kind: string) =>
		(await auth.prisma.securityEvent.count({ where: { kind, userId: person.id } })) === 1;

	test('is verified once with one token, within 7 days', async () => {
		const token = await verificationToken();
		const [row] = await auth.prisma.mailedToken.findMany({ where: { userId: person.id } });
		expect(Math.abs((row?.expiresAt.getTime() ?? 0) - Date.now() - 7 * 86_400_000)).toBeLessThan(60_000);
		expect((await Promise.all([verify(token), verify(token)])).map(({ status }) => status).sort()).toEqual([
			204, 400,
		]);
	});

	test.each([
		['unknown', 'A'.repeat(43)],
		['empty', ''],
		['an object', { $ne: '' }],
	])('is not verified with a token that is %s', async (_, token) => {
		const response = await verify(token).expect(400);
		expect(response.body.error).toMatchObject({ code: 'validation', details: [{ path: 'token' }] });
		expect(await isVerified()).toBe(false);
	});

	test('is not verified with a token that has expired', async () => {
		const token = await verificationToken();
		await auth.prisma.mailedToken.updateMany({ data: { expiresAt: new Date() } });
		await verify(token).expect(400);
	});

	test('is not verified with a token of an account that was deleted', async () => {
		const token = await verificationToken();
		await call(auth.app, 'delete', '/v1/me', { person }).send({ password: PASSWORD }).expect(204);
		await verify(token).expect(400);
	});

	test('is logged without token and email', async () => {
		const token = await verificationToken();
		await verify(token).expect(204);
		expect(auth.log).toContainEqual({
			event: 'security.email_verified',
			fields: { user_id: person.id, sessions: 0 },
		});
		for (const secret of [token, person.email]) expect(JSON.stringify(auth.log)).not.toContain(secret);
	});
});

describe('the email of an account that someone else may have registered', () => {
	test('is not verified by the reader of the mail without the password', async () => {
		const token = await verificationToken();
		for (const body of [{ token }, { token, password: 'not the password' }]) {
			const response = await verifyAsReader(body).expect(401);
			expect(response.body.error.code).toBe('invalid_credentials');
		}
		const stranger = await register(auth.app);
		await call(auth.app, 'post', '/v1/auth/verify', { person: stranger }).send({ token }).expect(401);
		expect(await isVerified()).toBe(false);
		await verify(token).expect(204);
	});

	test('is verified by the reader of the mail with the password, signed in as another user or signed out', async () => {
		const token = await verificationToken();
		const stranger = await register(auth.app);
		await call(auth.app, 'post', '/v1/auth/verify', { person: stranger })
			.send({ token, password: PASSWORD })
			.expect(204);
		expect(await isAlive(auth.app, stranger.sessionId)).toBe(true);
		const again = await register(auth.app);
		const [mail] = await mailsTo(auth, again.email, { about: VERIFY });
		await verifyAsReader({ token: mail?.token, password: PASSWORD }).expect(204);
		const signedIn = await signIn(auth.app, again);
		const me = await call(auth.app, 'get', '/v1/me', { person: signedIn }).expect(200);
		expect(me.body.data.email_verified).toBe(true);
	});

	test('revokes every other session of the account at every gateway before it responds', async () => {
		const gateway = await startGateway(auth.app);
		try {
			const other = await signIn(auth.app, person);
			await verify(await verificationToken()).expect(204);
			expect(gateway.pushes.flatMap(({ session_ids }) => session_ids)).toEqual([other.sessionId]);
			expect(await isAlive(auth.app, other.sessionId)).toBe(false);
			expect(await isAlive(auth.app, person.sessionId)).toBe(true);
		} finally {
			await gateway.stop();
		}
	});

	test('revokes every session of the account when the password verifies it', async () => {
		await verifyAsReader({ token: await verificationToken(), password: PASSWORD }).expect(204);
		expect(await isAlive(auth.app, person.sessionId)).toBe(false);
	});

	test('delays wrong passwords as sign-in does', async () => {
		const token = await verificationToken();
		const address = '203.0.113.77';
		const statuses: number[] = [];
		for (let tried = 0; tried < 6; tried += 1)
			statuses.push((await verifyAsReader({ token, password: 'wrong' }, address)).status);
		expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
		await login(auth.app, person.email, PASSWORD, address).expect(429);
	});

	test('belongs to its reader after a password reset, without the earlier sessions', async () => {
		await verificationToken();
		await call(auth.app, 'post', '/v1/auth/password/forgot', { address: '203.0.113.78' })
			.send({ email: person.email })
			.expect(204);
		const [mail] = await mailsTo(auth, person.email, { about: RESET });
		const newPassword = 'tulip anchor velvet';
		await call(auth.app, 'post', '/v1/auth/password/reset')
			.send({ token: mail?.token, new_password: newPassword })
			.expect(204);
		expect(await isAlive(auth.app, person.sessionId)).toBe(false);
		await login(auth.app, person.email, PASSWORD).expect(401);
		const signedIn = await login(auth.app, person.email, newPassword).expect(200);
		expect(signedIn.body.data.user.email_verified).toBe(true);
	});
});

describe('another verification mail', () => {
	const resend = (someone = person, address = HOME) =>
		call(auth.app, 'post', '/v1/auth/verify/resend', { person: someone, address });

	/** Waits until every mail is sent. Returns the tokens of the person's `count` mails. */
	async function tokens(count: number): Promise<string[]> {
		await untilAllSent(auth);
		return (await mailsTo(auth, person.email, { about: VERIFY, count })).map(({ token }) => token);
	}

	test('is sent on request, with a token that works', async () => {
		await tokens(1);
		await resend().expect(204);
		const [first, second] = await tokens(2);
		expect(second).not.toBe(first);
		await verify(second).expect(204);
		expect(await isVerified()).toBe(true);
	});

	test('leaves the earlier token valid until one is used', async () => {
		await tokens(1);
		await resend().expect(204);
		const [first, second] = await tokens(2);
		await verify(first).expect(204);
		await verify(second).expect(400);
	});

	test('is not sent when the email is verified', async () => {
		await verify(await verificationToken()).expect(204);
		const quotas = await auth.prisma.hourlyQuota.count();
		await resend().expect(204);
		expect(await tokens(1)).toHaveLength(1);
		expect(await auth.prisma.hourlyQuota.count()).toBe(quotas);
	});

	test('is not sent when the email is verified first', async () => {
		const token = await verificationToken();
		await untilAllSent(auth);
		await auth.prisma.mail.create({ data: { ...waiting, kind: 'verify_email', email: person.email } });
		await verify(token).expect(204);
		await auth.prisma.$executeRaw`WITH due AS (UPDATE mails SET due_at = now()) SELECT pg_notify('mail', '')`;
		expect(await tokens(1)).toHaveLength(1);
	});

	/** Not due yet. */
	const waiting = {
		dueAt: new Date(Date.now() + 3_600_000),
		clientAddress: HOME,
		userAgent: null,
		requestId: 'req_0',
	};

	test('requested too often for one email gets the usual response, and is not sent', async () => {
		await tokens(1);
		for (let sent = 0; sent < 4; sent += 1) await resend(person, `192.0.2.${sent + 10}`).expect(204);
		expect(await tokens(3)).toHaveLength(3);
	});

	test('shares its limit with mails for a forgotten password', async () => {
		await tokens(1);
		const forget = call(auth.app, 'post', '/v1/auth/password/forgot', { address: '192.0.2.20' });
		await forget.send({ email: person.email }).expect(204);
		for (const address of ['192.0.2.21', '192.0.2.22']) await resend(person, address).expect(204);
		expect(await tokens(2)).toHaveLength(2);
	});

	test('requested too often from one network is refused for every user, and allowed from another', async () => {
		const people = [];
		for (let sent = 0; sent < 5; sent += 1) people.push(await register(auth.app, `198.51.100.${sent}`));
		const statuses: number[] = [];
		for (const someone of people) statuses.push((await resend(someone, '203.0.113.1')).status);
		expect(statuses).toEqual([204, 204, 204, 204, 429]);
		const refused = await resend(person, '203.0.113.1').expect(429);
		expect(refused.body.error.code).toBe('rate_limited');
		expect(Number(refused.headers['retry-after'])).toBeGreaterThan(600);
		await resend(person, '203.0.113.2').expect(204);
	});

	test('returns 401 for a deleted account and without a user', async () => {
		await call(auth.app, 'delete', '/v1/me', { person }).send({ password: PASSWORD }).expect(204);
		await resend().expect(401);
		await call(auth.app, 'post', '/v1/auth/verify/resend').expect(401);
	});
});

describe('many registrations from one network', () => {
	test('succeed, and their mails beyond the limit are delayed', async () => {
		await untilAllSent(auth);
		const emails = Array.from({ length: 5 }, newEmail);
		for (const email of emails) {
			await call(auth.app, 'post', '/v1/auth/register').send({ email, password: PASSWORD }).expect(201);
		}
		await mailsTo(auth, emails[2] ?? '', { about: VERIFY });
		const waiting = await auth.prisma.mail.findMany({ orderBy: { id: 'asc' } });
		expect(waiting.map(({ email }) => email)).toEqual(emails.slice(3));
		const waitsMs = waiting.map(({ dueAt }) => dueAt.getTime() - Date.now());
		expect(Math.abs((waitsMs[0] ?? 0) - 15 * 60_000)).toBeLessThan(60_000);
		expect(Math.abs((waitsMs[1] ?? 0) - 30 * 60_000)).toBeLessThan(60_000);
		await auth.prisma.mail.deleteMany();
	});
});

describe('the event', () => {
	/** A replica that sends more mails. */
	let app: string;
	let stopListening: () => Promise<void>;
	/** Users of the events received, by queue. */
	const received = { files: [] as string[], jobs: [] as string[] };

	beforeAll(async () => {
		app = await auth.startReplica({ MAILS_PER_EMAIL: '6', MAILS_PER_NETWORK: '120' });
		const broker = await connectBroker({ url: auth.amqpUrl, name: 'test', logger: silent });
		const consume = (queue: string, users: string[]) =>
			startConsumer(broker, {
				queue,
				definition: accountVerified,
				prefetch: 1,
				logger: silent,
				async handle(event) {
					users.push(event.data.user_id);
				},
			});
		const consumers = [
			consume(QUEUES.filesAccountVerified, received.files),
			consume(QUEUES.jobsAccountVerified, received.jobs),
		];
		stopListening = async () => {
			await Promise.all(consumers.map((consumer) => consumer.stop()));
			await broker.close();
		};
	});

	afterAll(async () => {
		await stopListening();
	});

	async function verifyEmail(person: Person): Promise<void> {
		const [mail] = await mailsTo(auth, person.email, { about: VERIFY });
		await call(app, 'post', '/v1/auth/verify', { person }).send({ token: mail?.token }).expect(204);
	}

	const untilReceived = (person: Person) =>
		waitUntil(() => received.files.includes(person.id) && received.jobs.includes(person.id));

	test('account.verified reaches files and jobs when an email is verified', async () => {
		await verifyEmail(person);
		await untilReceived(person);
	});

	test('account.verified is published once when a password reset proves the email', async () => {
		await call(app, 'post', '/v1/auth/password/forgot').send({ email: person.email }).expect(204);
		const [mail] = await mailsTo(auth, person.email, { about: RESET });
		const reset = { token: mail?.token, new_password: `${PASSWORD} again` };
		await call(app, 'post', '/v1/auth/password/reset').send(reset).expect(204);
		await untilReceived(person);
		await call(app, 'post', '/v1/auth/password/forgot').send({ email: person.email }).expect(204);
		const [, second] = await mailsTo(auth, person.email, { about: RESET, count: 2 });
		await call(app, 'post', '/v1/auth/password/reset')
			.send({ ...reset, token: second?.token })
			.expect(204);
		const next = await register(app);
		await verifyEmail(next);
		await untilReceived(next);
		expect(received.jobs.filter((id) => id === person.id)).toHaveLength(1);
	});

	test('account.verified is not published when its transaction fails', async () => {
		const [mail] = await mailsTo(auth, person.email, { about: VERIFY });
		await auth.prisma.$executeRaw`ALTER TABLE outbox ADD CONSTRAINT full_disk CHECK (false) NOT VALID`;
		const verifyNow = () => call(app, 'post', '/v1/auth/verify', { person }).send({ token: mail?.token });
		await verifyNow().expect(500);
		await auth.prisma.$executeRaw`ALTER TABLE outbox DROP CONSTRAINT full_disk`;
		const account = await auth.prisma.user.findUniqueOrThrow({ where: { id: person.id } });
		expect(account.emailVerifiedAt).toBeNull();
		await verifyNow().expect(204);
	});

	test('account.verified is published for accounts that a release without the event has verified', async () => {
		const { prisma } = auth;
		const account = (emailVerifiedAt: Date | null) => {
			const id = newId('usr');
			return { id, email: `${id}@example.com`, passwordHash: '', emailVerifiedAt };
		};
		const [verified, unverified] = [account(new Date()), account(null)];
		await prisma.user.createMany({ data: [verified, unverified] });
		await publishMissedEvents(prisma);
		await waitUntil(() => received.files.includes(verified.id) && received.jobs.includes(verified.id));
		expect(await publishMissedEvents(prisma)).toBe(0);
		expect(received.jobs).not.toContain(unverified.id);
	});
});
