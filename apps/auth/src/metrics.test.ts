import { afterAll, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import { type AuthService, startAuth } from './testing/auth-service.ts';
import { login, newEmail, register } from './testing/requests.ts';
import { waitUntil } from './testing/wait-until.ts';

let auth: AuthService;

beforeAll(async () => {
	auth = await startAuth();
});
afterAll(() => auth.close());

const metrics = async () => (await request(auth.app).get('/metrics').expect(200)).text;

test('creatorr_password_checks_total counts checks by outcome', async () => {
	const { email } = await register(auth.app);
	await login(auth.app, email).expect(200);
	const unknownEmail = newEmail();
	for (let tries = 0; tries < 5; tries += 1) await login(auth.app, unknownEmail, 'wrong').expect(401);
	await auth.prisma.loginFailure.updateMany({ data: { lastFailedAt: new Date(Date.now() + 60_000) } });
	await login(auth.app, unknownEmail, 'wrong').expect(429);
	const text = await metrics();
	expect(text).toContain('creatorr_password_checks_total{kind="sign-in",outcome="right"} 1');
	expect(text).toContain('creatorr_password_checks_total{kind="sign-in",outcome="wrong"} 5');
	expect(text).toContain('creatorr_password_checks_total{kind="sign-in",outcome="throttled"} 1');
	expect(text).not.toContain(email);
});

test('metrics count sent mails and show waiting ones', async () => {
	await register(auth.app);
	await waitUntil(async () => (await auth.prisma.mail.count()) === 0);
	const text = await metrics();
	expect(text).toMatch(/^creatorr_mails_total\{kind="verify_email",outcome="sent"\} [1-9]/m);
	expect(text).toContain('creatorr_mails_waiting 0');
	const anHourAgo = new Date(Date.now() - 3_600_000);
	await auth.prisma.mail.create({
		data: {
			kind: 'verify_email',
			email: newEmail(),
			createdAt: anHourAgo,
			dueAt: new Date(Date.now() + 600_000),
			attempts: 3,
			clientAddress: '192.0.2.1',
			requestId: 'req_test',
		},
	});
	const waiting = await metrics();
	expect(waiting).toContain('creatorr_mails_waiting 1');
	expect(Number(/^creatorr_mails_oldest_overdue_seconds (\S+)/m.exec(waiting)?.[1])).toBeGreaterThan(3_500);
	await auth.prisma.mail.deleteMany();
});
