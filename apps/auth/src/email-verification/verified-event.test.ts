import { accountVerified } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { connectBroker } from '@creatorr/messaging/connection';
import { startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import { silent } from '@creatorr/testing/silent';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { mailsTo, RESET, VERIFY } from '../testing/mails.ts';
import { call, PASSWORD, type Person, register } from '../testing/requests.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { publishMissedEvents } from './verify-email.sql.ts';

let auth: AuthService;
let stopListening: () => Promise<void>;
/** Users of the events received, by queue. */
const received = { files: [] as string[], jobs: [] as string[] };

beforeAll(async () => {
	auth = await startAuth();
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
	await auth.close();
});

async function verify(person: Person): Promise<void> {
	const [mail] = await mailsTo(auth, person.email, { about: VERIFY });
	await call(auth.app, 'post', '/v1/auth/verify', { person }).send({ token: mail?.token }).expect(204);
}

const untilReceived = (person: Person) =>
	waitUntil(() => received.files.includes(person.id) && received.jobs.includes(person.id));

test('account.verified reaches files and jobs when an email is verified', async () => {
	const person = await register(auth.app);
	await verify(person);
	await untilReceived(person);
});

test('account.verified is published once when a password reset proves the email', async () => {
	const person = await register(auth.app);
	await call(auth.app, 'post', '/v1/auth/password/forgot').send({ email: person.email }).expect(204);
	const [mail] = await mailsTo(auth, person.email, { about: RESET });
	const reset = { token: mail?.token, new_password: `${PASSWORD} again` };
	await call(auth.app, 'post', '/v1/auth/password/reset').send(reset).expect(204);
	await untilReceived(person);
	await call(auth.app, 'post', '/v1/auth/password/forgot').send({ email: person.email }).expect(204);
	const [, second] = await mailsTo(auth, person.email, { about: RESET, count: 2 });
	await call(auth.app, 'post', '/v1/auth/password/reset')
		.send({ ...reset, token: second?.token })
		.expect(204);
	const next = await register(auth.app);
	await verify(next);
	await untilReceived(next);
	expect(received.jobs.filter((id) => id === person.id)).toHaveLength(1);
});

test('account.verified is not published when its transaction fails', async () => {
	const person = await register(auth.app);
	const [mail] = await mailsTo(auth, person.email, { about: VERIFY });
	await auth.prisma.$executeRaw`ALTER TABLE outbox ADD CONSTRAINT full_disk CHECK (false) NOT VALID`;
	const verifyNow = () => call(auth.app, 'post', '/v1/auth/verify', { person }).send({ token: mail?.token });
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
