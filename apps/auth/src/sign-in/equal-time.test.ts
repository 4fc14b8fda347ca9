import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AuthService, startAuth } from '../testing/auth-service.ts';
import { rankDistance, timeBoth } from '../testing/rank-test.ts';
import { call, login, newEmail, register } from '../testing/requests.ts';

const ROUNDS = 40;
/** However busy the machine is. */
const TIMEOUT_MS = 300_000;
/** Rank distance that chance exceeds once in a million runs. */
const FAR = 5;

let auth: AuthService;
let email: string;

beforeAll(async () => {
	auth = await startAuth({
		LOGIN_FAILURES_PER_ACCOUNT: '100000',
		LOGIN_FAILURES_PER_NETWORK: '100000',
		MAILS_PER_NETWORK: '100000',
		MAILS_PER_EMAIL: '100000',
		// A comparison has to take longer than everything else, also on a busy machine, so that the test notices when it is skipped.
		BCRYPT_COST: '10',
	});
	email = (await register(auth.app)).email;
});

afterAll(() => auth.close());

describe('the response time', () => {
	test(
		'of a wrong password is the same for an email without an account',
		async () => {
			const unknown = newEmail();
			const [known, nobodys] = await timeBoth(ROUNDS, [
				() => login(auth.app, email, 'wrong').expect(401),
				() => login(auth.app, unknown, 'wrong').expect(401),
			]);
			expect(rankDistance(known, nobodys)).toBeLessThan(FAR);
		},
		TIMEOUT_MS,
	);

	test(
		'of a forgotten password is the same for an email without an account',
		async () => {
			const unknown = newEmail();
			const forget = (of: string) => call(auth.app, 'post', '/v1/auth/password/forgot').send({ email: of });
			const [known, nobodys] = await timeBoth(ROUNDS, [
				() => forget(email).expect(204),
				() => forget(unknown).expect(204),
			]);
			expect(rankDistance(known, nobodys)).toBeLessThan(FAR);
		},
		TIMEOUT_MS,
	);

	test(
		'would reveal a skipped comparison',
		async () => {
			const [wrong, malformed] = await timeBoth(ROUNDS, [
				() => login(auth.app, email, 'wrong').expect(401),
				() => call(auth.app, 'post', '/v1/auth/login').send({ email }).expect(400),
			]);
			expect(rankDistance(wrong, malformed)).toBeGreaterThan(FAR);
		},
		TIMEOUT_MS,
	);
});
