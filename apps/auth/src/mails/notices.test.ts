import { newEvent, webhookCreated, webhookDisabled } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { connectBroker } from '@creatorr/messaging/connection';
import { createPublisher } from '@creatorr/messaging/publisher';
import { silent } from '@creatorr/testing/silent';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { mailsTo, RESET, untilAllSent } from '../testing/mails.ts';
import { call, HOME, login, PASSWORD, type Person, register, signIn } from '../testing/requests.ts';

const CHROME =
	'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';
const NEW_PASSWORD = 'tulip anchor velvet';
const ELSEWHERE = '203.0.113.9';

const CHANGED = 'Your creatorr password was changed';
const WAS_RESET = 'Your creatorr password was reset';
const SIGN_IN = 'New sign-in to your creatorr account';
const DELETED = 'Your creatorr account was deleted';

let auth: AuthService;
let person: Person;

beforeAll(async () => {
	auth = await startAuth({ MAILS_PER_EMAIL: '3' });
});

beforeEach(async () => {
	person = await register(auth.app);
});

afterAll(() => auth.close());

const changePassword = (from = PASSWORD, to = NEW_PASSWORD) =>
	call(auth.app, 'post', '/v1/auth/password', { person })
		.set('User-Agent', CHROME)
		.send({ current_password: from, new_password: to });

/** Waits until every mail is sent. Returns the number of the person's mails with this subject. */
async function countOf(about: string): Promise<number> {
	await untilAllSent(auth);
	return (await mailsTo(auth, person.email, { about, count: 0 })).length;
}

describe('the owner gets a mail', () => {
	test('about a changed password, with time, network, device and what to do', async () => {
		await changePassword().expect(204);
		const [mail] = await mailsTo(auth, person.email, { about: CHANGED });
		const hour = new Date().toISOString().slice(11, 13);
		expect(mail?.text).toMatch(new RegExp(`Time: \\d+ \\w+ \\d{4}, ${hour}:\\d\\d UTC`));
		expect(mail?.text).toContain(`IP address: ${HOME}\n`.trimEnd());
		expect(mail?.text).toContain('Device: Chrome on Windows');
		expect(mail?.text).toContain('https://app.example.com/forgot-password');
		expect(mail?.token).toBe('');
		expect(
			await auth.prisma.mailedToken.count({ where: { userId: person.id, kind: 'reset_password' } }),
		).toBe(0);
	});

	test('about a reset password', async () => {
		await call(auth.app, 'post', '/v1/auth/password/forgot').send({ email: person.email }).expect(204);
		const [mail] = await mailsTo(auth, person.email, { about: RESET });
		await call(auth.app, 'post', '/v1/auth/password/reset')
			.send({ token: mail?.token, new_password: NEW_PASSWORD })
			.expect(204);
		expect(await countOf(WAS_RESET)).toBe(1);
	});

	test('about the deleted account, whose data is deleted once the mail is sent', async () => {
		await call(auth.app, 'delete', '/v1/me', { person }).send({ password: PASSWORD }).expect(204);
		const [mail] = await mailsTo(auth, person.email, { about: DELETED });
		expect(mail?.text).toContain('someone knows your password');
		await untilAllSent(auth);
	});

	test('about the first sign-in from a new network', async () => {
		await signIn(auth.app, person);
		expect(await countOf(SIGN_IN)).toBe(0);
		await signIn(auth.app, person, ELSEWHERE);
		await signIn(auth.app, person, ELSEWHERE);
		const [mail] = await mailsTo(auth, person.email, { about: SIGN_IN });
		expect(mail?.text).toContain(`IP address: ${ELSEWHERE}`);
		expect(await countOf(SIGN_IN)).toBe(1);
	});
});

describe('no mail is sent', () => {
	test('after a wrong password', async () => {
		await changePassword('wrong').expect(401);
		await login(auth.app, person.email, 'wrong', ELSEWHERE).expect(401);
		for (const about of [CHANGED, SIGN_IN]) expect(await countOf(about)).toBe(0);
	});

	test('about a change whose commit fails', async () => {
		const { prisma } = auth;
		await prisma.$executeRaw`ALTER TABLE revocations ADD CONSTRAINT full_disk CHECK (false) NOT VALID`;
		await signIn(auth.app, person);
		await changePassword().expect(500);
		await prisma.$executeRaw`ALTER TABLE revocations DROP CONSTRAINT full_disk`;
		expect(await countOf(CHANGED)).toBe(0);
	});

	test('beyond the hourly limit of one kind', async () => {
		for (let host = 1; host <= 5; host += 1) await signIn(auth.app, person, `203.0.113.${host + 100}`);
		expect(await countOf(SIGN_IN)).toBe(3);
		await changePassword().expect(204);
		expect(await countOf(CHANGED)).toBe(1);
	});
});

test('the owner of a webhook endpoint that was disabled gets a mail that names the endpoint, without details of a client', async () => {
	const broker = await connectBroker({ url: auth.amqpUrl, name: 'test', logger: silent });
	const publish = createPublisher(broker);
	const endpoint = { webhook_id: newId('whk'), host: 'hooks.example.com' };
	const data = { user_id: person.id, ...endpoint, reason: 'failing' as const };
	await waitFor(() => publish(newEvent(webhookDisabled, { ...data, user_id: newId('usr') }, newId('req'))));
	const event = newEvent(webhookDisabled, data, newId('req'));
	await publish(event);
	const about = 'A webhook endpoint was disabled';
	const [mail] = await mailsTo(auth, person.email, { about });
	expect(mail?.text).toContain('To enable it again: https://app.example.com/account/webhooks\n');
	expect(mail?.text).toContain('missed: https://app.example.com/docs#recoverDeliveries');
	expect(mail?.text).toContain(`Endpoint: hooks.example.com (${endpoint.webhook_id})\n`);
	expect(mail?.text).not.toContain('IP address');
	// The message is delivered again, before one about another endpoint.
	await publish(event);
	const other = newId('whk');
	await publish(newEvent(webhookDisabled, { ...data, webhook_id: other }, newId('req')));
	await waitFor(async () => {
		const texts = (await mailsTo(auth, person.email, { about, count: 2 })).map(({ text }) => text);
		expect(texts.join()).toContain(other);
	});
	expect(await countOf(about)).toBe(2);
	await broker.close();
});

test('the owner of a new webhook endpoint gets a mail that names it, once', async () => {
	const broker = await connectBroker({ url: auth.amqpUrl, name: 'test', logger: silent });
	const publish = createPublisher(broker);
	const endpoint = { webhook_id: newId('whk'), host: 'hooks.example.com' };
	const event = newEvent(webhookCreated, { user_id: person.id, ...endpoint }, newId('req'));
	await waitFor(() => publish(event));
	const about = 'New webhook endpoint for your creatorr account';
	const [mail] = await mailsTo(auth, person.email, { about });
	expect(mail?.text).toContain(`Endpoint: hooks.example.com (${endpoint.webhook_id})\n`);
	expect(mail?.text).toContain('Your endpoints: https://app.example.com/account/webhooks\n');
	// The message is delivered again, before one about another endpoint.
	await publish(event);
	const other = newId('whk');
	const otherData = { user_id: person.id, ...endpoint, webhook_id: other };
	await publish(newEvent(webhookCreated, otherData, newId('req')));
	await waitFor(async () => {
		const texts = (await mailsTo(auth, person.email, { about, count: 2 })).map(({ text }) => text);
		expect(texts.join()).toContain(other);
	});
	expect(await countOf(about)).toBe(2);
	await broker.close();
});

test('a process of release 0.3.0, which doesn’t know notices, leases none', async () => {
	await untilAllSent(auth);
	await auth.prisma.$transaction(async (tx) => {
		const notice = { kind: 'new_sign_in', email: person.email, clientAddress: HOME, requestId: '' } as const;
		await tx.notice.create({ data: notice });
		const leased = await tx.$queryRaw`
			UPDATE mails SET due_at = now() + make_interval(secs => 120), attempts = attempts + 1
			WHERE id IN (SELECT id FROM mails WHERE due_at <= now() ORDER BY due_at LIMIT 10 FOR UPDATE SKIP LOCKED)
			RETURNING id`;
		expect(leased).toEqual([]);
		const kinds = await tx.$queryRaw`SELECT unnest(enum_range(NULL::"MailKind"))::text AS kind`;
		expect(kinds).toEqual([{ kind: 'reset_password' }, { kind: 'verify_email' }]);
	});
	await untilAllSent(auth);
});

test('a mail contains only known names from the user agent', async () => {
	await call(auth.app, 'post', '/v1/auth/login', { address: ELSEWHERE })
		.set('User-Agent', 'Chrome/1 https://evil.example.com')
		.send({ email: person.email, password: PASSWORD })
		.expect(200);
	const [mail] = await mailsTo(auth, person.email, { about: SIGN_IN });
	expect(mail?.text).toContain('Device: Chrome');
	expect(mail?.text).not.toContain('evil');
});
