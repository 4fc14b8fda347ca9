import { expect, test } from '@jest/globals';
import { newApiKey } from '../driver/api-keys.ts';
import { call, type HttpResponse, newPerson } from '../driver/client.ts';
import { queryDatabase } from '../driver/database.ts';
import { uploadFile } from '../driver/flow.ts';
import { makePdf } from '../driver/pdf.ts';

/** The limits of Pro in the product under test. */
const JOBS_PER_MINUTE = 4;
const POLICY = `"requests";q=6000;w=60, "jobs";q=${JOBS_PER_MINUTE};w=60`;

const limitsOf = ({ headers }: HttpResponse) => [headers.get('ratelimit-policy'), headers.get('ratelimit')];

test('the rate limits of a plan are in the headers, and hold over all gateways', async () => {
	const person = await newPerson();
	await queryDatabase('auth', `UPDATE users SET plan = 'pro' WHERE id = $1`, [person.id]);
	const input_file_id = await uploadFile(person.token, makePdf());
	const body = { tool: 'compress_heavy', input_file_id };
	const create = (token: string) => call('POST', '/v1/jobs', { token, body });

	const created = await create(person.token);
	expect([created.status, limitsOf(created)[0]]).toEqual([201, POLICY]);
	let refused = created;
	let jobs = 0;
	// On a busy machine a job is restored meanwhile.
	for (; refused.status === 201 && jobs < 3 * JOBS_PER_MINUTE; jobs += 1)
		refused = await create(person.token);
	expect(jobs).toBeGreaterThanOrEqual(JOBS_PER_MINUTE);
	expect([refused.status, refused.body.error]).toMatchObject([
		429,
		{ code: 'rate_limited', retryable: true, violated_policies: ['jobs'] },
	]);
	const [policy, limit] = limitsOf(refused);
	expect(policy).toBe(POLICY);
	const seconds = Number(/"jobs";r=0;t=(\d+)$/.exec(limit ?? '')?.[1]);
	expect(seconds).toBeGreaterThan(0);
	expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(seconds);

	// Other requests and other keys go on.
	expect(limitsOf(await call('GET', '/v1/me', { token: person.token }))).toEqual([
		'"requests";q=6000;w=60',
		expect.stringMatching(/^"requests";r=\d+;t=1$/),
	]);
	const { key } = await newApiKey(person.token, { scopes: ['jobs:write'] });
	expect((await create(key)).status).toBe(201);
	expect(limitsOf(await call('GET', '/v1/me', { token: 'nonsense' }))).toEqual([null, null]);
});
