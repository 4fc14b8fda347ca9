import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from './support/auth-service.ts';
import { mailsTo, untilAllSent, VERIFY } from './support/mails.ts';
import { call, newEmail, PASSWORD, type Person, register } from './support/requests.ts';

let auth: AuthService;
let person: Person;

beforeAll(async () => {
	auth = await startAuth({ MAILS_PER_NETWORK: '4' });
});

beforeEach(async () => {
	await auth.prisma.mailAllowance.deleteMany();
	person = await register(auth.app);
});

afterAll(() => auth.close());

const verify = (token: unknown) => call(auth.app, 'post', '/v1/auth/verify').send({ token });

async function verificationToken(): Promise<string> {
	return (await mailsTo(auth, person.email, { about: VERIFY }))[0]?.token ?? '';
}

async function isVerified(): Promise<boolean> {
	return (await call(auth.app, 'get', '/v1/me', { person }).expect(200)).body.data.email_verified;
}

describe('the email of an account', () => {
	test('is not verified after registration, and is with the token of the mail', async () => {
		expect(await isVerified()).toBe(false);
		const [mail] = await mailsTo(auth, person.email, { about: VERIFY });
		expect(mail?.text).toContain(`https://app.example.com/verify-email#token=${mail?.token}`);
		await verify(mail?.token).expect(204);
		expect(await isVerified()).toBe(true);
		expect(await isEventKept('email_verified')).toBe(true);
	});

	const isEventKept = async (kind: string) =>
		(await auth.prisma.securityEvent.count({ where: { kind, userId: person.id } })) === 1;

	test('is verified once with one token, for 7 days', async () => {
		const token = await verificationToken();
		const [row] = await auth.prisma.mailedToken.findMany({ where: { userId: person.id } });
		expect(Math.abs((row?.expiresAt.getTime() ?? 0) - Date.now() - 7 * 86_400_000)).toBeLessThan(60_000);
		expect((await Promise.all([verify(token), verify(token)])).map(({ status }) => status).sort()).toEqual([
			204, 400,
		]);
	});

	test.each([
		['nobody’s', 'A'.repeat(43)],
		['empty', ''],
		['no text', { $ne: '' }],
	])('is not verified with a token that is %s', async (_, token) => {
		const answer = await verify(token).expect(400);
		expect(answer.body.error).toMatchObject({ code: 'validation', details: [{ path: 'token' }] });
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

	test('is told to the log without token and email', async () => {
		const token = await verificationToken();
		await verify(token).expect(204);
		expect(auth.log).toContainEqual({
			event: 'security.email_verified',
			fields: { user_id: person.id },
		});
		for (const secret of [token, person.email]) expect(JSON.stringify(auth.log)).not.toContain(secret);
	});
});

describe('many registrations from one network', () => {
	test('are let in, and their mails wait beyond what a network may ask for', async () => {
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
