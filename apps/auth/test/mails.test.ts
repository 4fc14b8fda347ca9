import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from './support/auth-service.ts';
import { startSmtpServer, type TestSmtpServer } from './support/mails.ts';
import { call, newEmail, PASSWORD, register } from './support/requests.ts';
import { until } from './support/until.ts';

let smtp: TestSmtpServer;
let auth: AuthService | undefined;

beforeEach(async () => {
	smtp = await startSmtpServer();
});

afterEach(async () => {
	await auth?.close();
	auth = undefined;
	await smtp.close();
});

async function start(env: NodeJS.ProcessEnv = {}): Promise<AuthService> {
	auth = await startAuth({ SMTP_URL: smtp.url, MAIL_FROM: 'creatorr <no-reply@example.com>', ...env });
	return auth;
}

const logged = (event: string) => auth?.log.filter((line) => line.event === event) ?? [];

/** As if the time for the next attempt had come. */
const hurry = ({ prisma }: AuthService) =>
	prisma.$executeRaw`WITH due AS (UPDATE mails SET due_at = now()) SELECT pg_notify('mail', '')`;

describe('mails', () => {
	test('go out by SMTP, once, and leave nothing behind', async () => {
		const service = await start();
		const person = await register(service.app);
		const { email } = person;
		await until(() => smtp.received.length > 0);
		await until(async () => (await service.prisma.mail.count()) === 0);
		expect(smtp.received.map(({ to, subject }) => [to, subject])).toEqual([
			[email, 'Confirm your email address'],
		]);
		const { token } = smtp.received[0] ?? {};
		await call(service.app, 'post', '/v1/auth/verify', { person }).send({ token }).expect(204);
	});

	test('wait while the server refuses them, and are sent later, with tokens that work', async () => {
		const service = await start();
		smtp.refuse = new Error('451 try later');
		const person = await register(service.app);
		await until(() => logged('mail.not_sent').length > 0);
		smtp.refuse = undefined;
		await hurry(service);
		await until(() => smtp.received.length > 0);
		const { token } = smtp.received[0] ?? {};
		await call(service.app, 'post', '/v1/auth/verify', { person }).send({ token }).expect(204);
		expect(JSON.stringify(service.log)).not.toContain(person.email);
	});

	test('wait longer after every attempt', async () => {
		const service = await start();
		smtp.refuse = new Error('451 try later');
		await register(service.app);
		const waitsSeconds: number[] = [];
		for (let attempts = 1; attempts <= 3; attempts += 1) {
			await until(() => logged('mail.not_sent').length === attempts);
			await until(
				async () => ((await service.prisma.mail.findFirst())?.dueAt.getTime() ?? 0) < Date.now() + 60_000,
			);
			const mail = await service.prisma.mail.findFirstOrThrow();
			expect(mail.attempts).toBe(attempts);
			waitsSeconds.push((mail.dueAt.getTime() - Date.now()) / 1000);
			await hurry(service);
		}
		expect(waitsSeconds.map((wait) => Math.round(wait / 5))).toEqual([1, 2, 4]);
	});

	test('that nobody waits for any more are given up', async () => {
		const service = await start();
		smtp.refuse = new Error('451 try later');
		const { email } = await register(service.app);
		await call(service.app, 'post', '/v1/auth/password/forgot').send({ email }).expect(204);
		await until(async () => logged('mail.not_sent').length >= 2);
		await service.prisma.$executeRaw`UPDATE mails SET created_at = created_at - interval '61 minutes'`;
		await hurry(service);
		await until(() => logged('mail.given_up').length > 0);
		await until(async () => (await service.prisma.mail.count()) === 1);
		expect((await service.prisma.mail.findMany()).map(({ kind }) => kind)).toEqual(['verify_email']);
	});

	test('of many senders are sent once each', async () => {
		const service = await start();
		await Promise.all([1, 2, 3].map(() => service.startReplica()));
		const emails = Array.from({ length: 25 }, newEmail);
		const ask = (email: string) =>
			call(service.app, 'post', '/v1/auth/register').send({ email, password: PASSWORD }).expect(201);
		await Promise.all(emails.map(ask));
		await until(async () => (await service.prisma.mail.count()) === 0);
		expect(smtp.received.map(({ to }) => to).sort()).toEqual(emails.sort());
	});

	test('of a sender that died are sent by another when its time is over', async () => {
		const service = await start({ SMTP_URL: 'smtp://127.0.0.1:1' });
		await register(service.app);
		await until(() => logged('mail.not_sent').length > 0);
		await service.stopFirst();
		// As a process leaves it behind that was killed while it sent.
		await service.prisma.$executeRaw`UPDATE mails SET due_at = now() + interval '2 minutes', attempts = 1`;
		await service.startReplica({ SMTP_URL: smtp.url });
		expect(smtp.received).toEqual([]);
		await hurry(service);
		await until(() => smtp.received.length === 1);
	});

	test('that are being sent when the service stops are sent by the next one', async () => {
		const service = await start();
		smtp.onData = () => new Promise(() => undefined);
		await register(service.app);
		await until(async () => (await service.prisma.mail.findFirst())?.attempts === 1);
		await service.stopFirst();
		expect(await service.prisma.mail.count()).toBe(1);
		smtp.onData = async () => {};
		await service.startReplica();
		await hurry(service);
		await until(() => smtp.received.length === 1);
	});

	test('take a password to no server in clear', async () => {
		await smtp.close();
		smtp = await startSmtpServer({
			authOptional: false,
			onAuth: (_auth, _session, done) => done(null, { user: 'me' }),
		});
		const service = await start({ SMTP_URL: smtp.url.replace('//', '//me:secret@') });
		await register(service.app);
		await until(() => logged('mail.not_sent').length > 0);
		expect(smtp.received).toEqual([]);
		expect(JSON.stringify(service.log)).not.toContain('secret');
	});

	test('are asked for and answered while the server hangs', async () => {
		const service = await start();
		smtp.onData = () => new Promise(() => undefined);
		const { email } = await register(service.app);
		await call(service.app, 'post', '/v1/auth/password/forgot').send({ email }).expect(204);
		await register(service.app);
	});
});
