import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { startSmtpServer, type TestSmtpServer, VERIFY } from '../testing/mails.ts';
import { call, newEmail, PASSWORD, register } from '../testing/requests.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { causeOf } from './send-mails.ts';

const SETTINGS = { MAIL_FROM: 'creatorr <no-reply@example.com>' };

let sharedSmtp: TestSmtpServer;
let shared: AuthService;
/** The server of the running test. */
let smtp: TestSmtpServer;
/** The service of the running test. */
let auth: AuthService;

beforeAll(async () => {
	sharedSmtp = await startSmtpServer();
	shared = await startAuth({ SMTP_URL: sharedSmtp.url, ...SETTINGS });
});

beforeEach(async () => {
	await shared.prisma.mail.deleteMany();
	smtp = sharedSmtp;
	smtp.received.length = 0;
	smtp.refuse = undefined;
	auth = shared;
	auth.log.length = 0;
});

afterEach(async () => {
	if (auth !== shared) await auth.close();
	if (smtp !== sharedSmtp) await smtp.close();
});

afterAll(async () => {
	await shared.close();
	await sharedSmtp.close();
});

/** Starts a service for a test that stops it or needs other settings. */
async function startOwn(env: NodeJS.ProcessEnv = {}): Promise<AuthService> {
	smtp = await startSmtpServer();
	auth = await startAuth({ SMTP_URL: smtp.url, ...SETTINGS, ...env });
	return auth;
}

const logged = (event: string) => auth.log.filter((line) => line.event === event);

/** Makes the next attempt due. */
const hurry = ({ prisma }: AuthService) =>
	prisma.$executeRaw`WITH due AS (UPDATE mails SET due_at = now()) SELECT pg_notify('mail', '')`;

describe('mails', () => {
	test('are sent by SMTP once, and deleted', async () => {
		const service = auth;
		const person = await register(service.app);
		const { email } = person;
		await waitUntil(() => smtp.received.length > 0);
		await waitUntil(async () => (await service.prisma.mail.count()) === 0);
		expect(smtp.received.map(({ to, subject }) => [to, subject])).toEqual([[email, VERIFY]]);
		const { token } = smtp.received[0] ?? {};
		await call(service.app, 'post', '/v1/auth/verify', { person }).send({ token }).expect(204);
	});

	test('are retried after the server refused them, with tokens that work', async () => {
		const service = auth;
		smtp.refuse = new Error('451 try later');
		const person = await register(service.app);
		await waitUntil(() => logged('mail.send_failed').length > 0);
		smtp.refuse = undefined;
		await hurry(service);
		await waitUntil(() => smtp.received.length > 0);
		const { token } = smtp.received[0] ?? {};
		await call(service.app, 'post', '/v1/auth/verify', { person }).send({ token }).expect(204);
		expect(JSON.stringify(service.log)).not.toContain(person.email);
	});

	test('wait longer after every attempt', async () => {
		const service = auth;
		smtp.refuse = new Error('451 try later');
		await register(service.app);
		const waitsSeconds: number[] = [];
		for (let attempts = 1; attempts <= 3; attempts += 1) {
			await waitUntil(() => logged('mail.send_failed').length === attempts);
			await waitUntil(
				async () => ((await service.prisma.mail.findFirst())?.dueAt.getTime() ?? 0) < Date.now() + 60_000,
			);
			const mail = await service.prisma.mail.findFirstOrThrow();
			expect(mail.attempts).toBe(attempts);
			waitsSeconds.push((mail.dueAt.getTime() - Date.now()) / 1000);
			await hurry(service);
		}
		expect(waitsSeconds.map((wait) => Math.round(wait / 5))).toEqual([1, 2, 4]);
	});

	test('are abandoned when they are too old', async () => {
		const service = auth;
		smtp.refuse = new Error('451 try later');
		const { email } = await register(service.app);
		await call(service.app, 'post', '/v1/auth/password/forgot').send({ email }).expect(204);
		await waitUntil(async () => logged('mail.send_failed').length >= 2);
		await service.prisma.$executeRaw`UPDATE mails SET created_at = created_at - interval '61 minutes'`;
		await hurry(service);
		await waitUntil(() => logged('mail.abandoned').length > 0);
		await waitUntil(async () => (await service.prisma.mail.count()) === 1);
		expect((await service.prisma.mail.findMany()).map(({ kind }) => kind)).toEqual(['verify_email']);
	});

	test('are sent once each by several replicas', async () => {
		const service = await startOwn();
		await Promise.all([1, 2, 3].map(() => service.startReplica()));
		const emails = Array.from({ length: 25 }, newEmail);
		const ask = (email: string) =>
			call(service.app, 'post', '/v1/auth/register').send({ email, password: PASSWORD }).expect(201);
		await Promise.all(emails.map(ask));
		await waitUntil(async () => (await service.prisma.mail.count()) === 0);
		expect(smtp.received.map(({ to }) => to).sort()).toEqual(emails.sort());
	});

	test('of a killed sender are sent by another one after the lease', async () => {
		const service = await startOwn({ SMTP_URL: 'smtp://127.0.0.1:1' });
		await register(service.app);
		await waitUntil(() => logged('mail.send_failed').length > 0);
		await service.stopReplica();
		// As left by a process that was killed while it sent.
		await service.prisma.$executeRaw`UPDATE mails SET due_at = now() + interval '2 minutes', attempts = 1`;
		await service.startReplica({ SMTP_URL: smtp.url });
		expect(smtp.received).toEqual([]);
		await hurry(service);
		await waitUntil(() => smtp.received.length === 1);
	});

	test('in progress at a shutdown are sent by the next process', async () => {
		const service = await startOwn();
		smtp.onData = () => new Promise(() => undefined);
		await register(service.app);
		await waitUntil(async () => (await service.prisma.mail.findFirst())?.attempts === 1);
		await service.stopReplica();
		expect(await service.prisma.mail.count()).toBe(1);
		smtp.onData = async () => {};
		await service.startReplica();
		await hurry(service);
		await waitUntil(() => smtp.received.length === 1);
	});

	test('are not sent if the SMTP password would be unencrypted', async () => {
		const other = await startSmtpServer({
			authOptional: false,
			onAuth: (_auth, _session, done) => done(null, { user: 'me' }),
		});
		const service = await startOwn({ SMTP_URL: other.url.replace('//', '//me:secret@') });
		await register(service.app);
		await waitUntil(() => logged('mail.send_failed').length > 0);
		expect(other.received).toEqual([]);
		expect(JSON.stringify(service.log)).not.toContain('secret');
		await other.close();
	});

	test('can be requested while the server hangs', async () => {
		const service = await startOwn();
		smtp.onData = () => new Promise(() => undefined);
		const { email } = await register(service.app);
		await call(service.app, 'post', '/v1/auth/password/forgot').send({ email }).expect(204);
		await register(service.app);
	});
});

test('causeOf names a timeout, whose code is a number', async () => {
	const signal = AbortSignal.timeout(1);
	await waitUntil(() => signal.aborted);
	expect(causeOf(signal.reason)).toEqual({ code: 'TimeoutError', response_code: undefined });
});
