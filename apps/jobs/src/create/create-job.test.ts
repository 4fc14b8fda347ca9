import { newId } from '@creatorr/contracts/ids';
import { PLANS } from '@creatorr/contracts/plans';
import { waitFor } from '@creatorr/testing/wait-for';
import { createSealer, REDACTED, sealingKeysSchema } from '@creatorr/tool-kit/params/secret-params';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { failed } from '../testing/bus.ts';
import type { User } from '../testing/user.ts';
import { PARAM_KEYS, startWorld, type World } from '../testing/world.ts';
import { admitJob, type PlanUsage } from './admit-job.ts';
import { insertJob } from './insert-job.sql.ts';

let world: World;
let user: User;

beforeAll(async () => {
	world = await startWorld({ replicas: 2 });
	user = world.user();
});

afterAll(async () => {
	await world?.stop();
});

const good = (change: object = {}) => ({ tool: 'compress_heavy', input_file_id: newId('fil'), ...change });
const jobsOf = (userId: string) => world.prisma.job.count({ where: { userId } });

describe('creating a job', () => {
	test('returns 201 and the queued job with complete params, and shows it from then on', async () => {
		const body = good({ params: { quality: 50 } });
		const response = await user.create(body);
		expect(response.status).toBe(201);
		expect(response.body.data).toEqual({
			id: expect.stringMatching(/^job_/),
			tool: 'compress_heavy',
			status: 'queued',
			progress: 0,
			input_file_id: body.input_file_id,
			params: expect.objectContaining({ quality: 50 }),
		});
		expect(response.headers.get('idempotency-replayed')).toBeNull();
		expect(await user.job(response.body.data.id)).toEqual({
			...response.body.data,
			created_at: expect.stringMatching(/Z$/),
		});
	});

	test('fills in defaults', async () => {
		const response = await user.create(good());
		expect(response.body.data.params).toMatchObject({ quality: 70 });
	});

	test('with an API key works only for the tools of the key', async () => {
		const other = good({ tool: 'office_to_pdf' });
		for (const tools of [null, ['compress_heavy']])
			expect((await user.withKey(tools).create(good())).status).toBe(201);
		const refused = await user.withKey(['compress_heavy']).create(other, newId('evt'));
		expect([refused.status, refused.body.error.code]).toEqual([403, 'insufficient_scope']);
		expect(refused.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope"');
		expect(refused.body.error.message).toContain('compress_heavy');
		const invalid = await user.withKey(['compress_heavy']).create({ input_file_id: newId('fil') });
		expect(invalid.body.error.code).toBe('validation');
	});

	test('requests a worker for it', async () => {
		await world.worker('a').heartbeat({ office_to_pdf: 1 });
		const jobId = (await user.create(good({ tool: 'office_to_pdf' }))).body.data.id;
		await waitFor(() => expect(world.bus.requested).toContain(jobId));
	});

	test.each([
		['no tool', { tool: undefined }, 'tool'],
		['a tool of another type', { tool: 5 }, 'tool'],
		['a file that is no id', { input_file_id: 'x' }, 'input_file_id'],
		['params that are a list', { params: [] }, 'params'],
		['null params', { params: null }, 'params'],
		['a param out of range', { params: { quality: 0 } }, 'params.quality'],
	])('returns 400 for %s and names the field', async (_, change, path) => {
		const response = await user.create(good(change));
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		expect(response.body.error.details[0].path).toBe(path);
	});

	test('returns 400 for an unknown param and lists the known ones', async () => {
		const { error } = (await user.create(good({ params: { qualty: 1 } }))).body;
		expect(error.details[0].path).toBe('params.qualty');
		expect(error.details[0].message).toContain('quality');
	});

	test('returns a short response, however many unknown params the body has', async () => {
		const params = Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`unknown_${index}`, 1]));
		const response = await user.create(good({ params }));
		expect(response.status).toBe(400);
		expect(response.body.error).toMatchObject({ code: 'validation', details_total: 2_000 });
		expect(response.body.error.details).toHaveLength(20);
		expect(JSON.stringify(response.body).length).toBeLessThan(4_000);
	});

	test.each([
		[2_100, 400, 'validation'],
		[8_000, 413, 'too_large'],
	])('refuses a body of %i params before it validates them', async (count, status, code) => {
		const params = Object.fromEntries(Array.from({ length: count }, (_, index) => [`unknown_${index}`, 1]));
		const response = await user.create(good({ params }));
		expect([response.status, response.body.error.code]).toEqual([status, code]);
		expect(JSON.stringify(response.body).length).toBeLessThan(300);
	});

	test('returns 400 for an unknown tool and lists the known ones', async () => {
		const { error } = (await user.create(good({ tool: 'toString' }))).body;
		expect(error).toMatchObject({ code: 'unknown_tool', message: expect.stringContaining('compress_heavy') });
	});

	test.each([
		['not_found', 404],
		['file_not_uploaded', 409],
		['plan_limit', 403],
		['email_not_verified', 403],
		['upstream_unavailable', 503],
	] as const)('passes on the refusal of its input: %s', async (code, status) => {
		const body = good();
		world.files.inputErrors.set(body.input_file_id, code);
		const response = await user.create(body);
		expect([response.status, response.body.error.code]).toEqual([status, code]);
	});
});

describe('a full queue', () => {
	async function fill(userId: string, count: number) {
		const data = Array.from({ length: count }, () => ({
			id: newId('job'),
			userId,
			tool: 'ocr',
			inputFileId: newId('fil'),
			params: {},
			requestId: newId('req'),
			dispatchedAt: new Date(),
		}));
		await world.prisma.job.createMany({ data });
	}

	test('accepts exactly 1,000 jobs, however many are sent at once', async () => {
		const busy = world.user();
		await fill(busy.id, 995);
		const elsewhere = busy.at(world.replicas[1]?.url ?? '');
		const responses = await Promise.all(
			Array.from({ length: 20 }, (_, index) => (index % 2 ? busy : elsewhere).create(good())),
		);
		expect(responses.filter((response) => response.status === 201)).toHaveLength(5);
		const refused = responses.filter((response) => response.status !== 201);
		expect(new Set(refused.map((response) => response.body.error.code))).toEqual(new Set(['plan_limit']));
		expect(await jobsOf(busy.id)).toBe(1_000);
	});

	test('accepts exactly 1,000 jobs when many processes insert at once', async () => {
		const userId = newId('usr');
		await fill(userId, 995);
		const tool = { slug: 'ocr', limits: { maxInputBytes: 1 } as never };
		const writes = Array.from({ length: 20 }, () => {
			const job = {
				id: newId('job'),
				tool: 'ocr',
				status: 'queued' as const,
				progress: 0,
				input_file_id: newId('fil'),
				params: {},
			};
			const admit = (usage: PlanUsage) => admitJob(PLANS, { tool, inputBytes: 1 }, usage);
			const requestId = newId('req');
			const insert = {
				job,
				userId,
				requestId,
				traceparent: null,
				sealedSecrets: null,
				expectedSeconds: null,
				admit,
			};
			return insertJob(world.prisma, insert);
		});
		await Promise.allSettled(writes);
		expect(await jobsOf(userId)).toBe(1_000);
	});

	test('keeps the key of a refused request free', async () => {
		const busy = world.user();
		await fill(busy.id, 1_000);
		const body = good();
		expect((await busy.create(body, 'k')).status).toBe(403);
		await world.prisma.job.deleteMany({ where: { userId: busy.id } });
		const response = await busy.create(body, 'k');
		expect([response.status, response.headers.get('idempotency-replayed')]).toEqual([201, null]);
	});
});

describe('an Idempotency-Key', () => {
	test('returns the first response again, whatever the order of fields', async () => {
		const body = { ...good(), params: { quality: 5 } };
		const first = await user.create(body, 'again');
		const reordered = Object.fromEntries(Object.entries(body).reverse());
		const again = await user.create(reordered, 'again');
		expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
		expect(JSON.stringify(again.body)).toBe(JSON.stringify(first.body));
	});

	test('creates one job for twenty requests at once at two replicas', async () => {
		const someone = world.user();
		const elsewhere = someone.at(world.replicas[1]?.url ?? '');
		const body = good();
		const responses = await Promise.all(
			Array.from({ length: 20 }, (_, index) => (index % 2 ? someone : elsewhere).create(body, 'twenty')),
		);
		expect(new Set(responses.map((response) => response.status))).toEqual(new Set([201]));
		expect(new Set(responses.map((response) => response.body.data.id)).size).toBe(1);
		expect(responses.filter((response) => !response.headers.has('idempotency-replayed'))).toHaveLength(1);
		expect(await jobsOf(someone.id)).toBe(1);
	});

	test('with different requests at once creates one job', async () => {
		const someone = world.user();
		const responses = await Promise.all(Array.from({ length: 10 }, () => someone.create(good(), 'mixed')));
		expect(responses.filter((response) => response.status === 201)).toHaveLength(1);
		expect(responses.filter((response) => response.status === 422)).toHaveLength(9);
		expect(await jobsOf(someone.id)).toBe(1);
	});

	test.each([
		['another param', { params: { quality: 6 } }],
		['defaults written out', { params: { quality: 70 } }],
		['a request that would be refused', { tool: 'nonsense' }],
		['a request that is not valid', { tool: 5 }],
	])('with %s is a conflict', async (_, change) => {
		const someone = world.user();
		const body = good();
		await someone.create(body, 'k');
		const response = await someone.create({ ...body, ...change }, 'k');
		expect([response.status, response.body.error.code]).toEqual([422, 'idempotency_conflict']);
	});

	test('returns the first response after the input was deleted', async () => {
		const body = good();
		const first = await user.create(body, 'gone');
		world.files.inputErrors.set(body.input_file_id, 'not_found');
		expect((await user.create(body, 'gone')).body).toEqual(first.body);
	});

	test('returns the first response after the job was deleted', async () => {
		const body = good();
		const first = await user.create(body, 'removed');
		await user.cancel(first.body.data.id);
		await user.remove(first.body.data.id);
		expect((await user.create(body, 'removed')).body).toEqual(first.body);
	});

	test('stays free after a refusal', async () => {
		const body = good();
		world.files.inputErrors.set(body.input_file_id, 'file_not_uploaded');
		expect((await user.create(body, 'refused')).status).toBe(409);
		world.files.inputErrors.delete(body.input_file_id);
		const response = await user.create(good(), 'refused');
		expect([response.status, response.headers.get('idempotency-replayed')]).toEqual([201, null]);
	});

	test('is free again after 24 hours', async () => {
		const someone = world.user();
		const first = await someone.create(good(), 'old');
		await world.prisma.$executeRaw`
			UPDATE idempotency_keys SET created_at = created_at - interval '24 hours' WHERE user_id = ${someone.id}`;
		const response = await someone.create(good(), 'old');
		expect(response.status).toBe(201);
		expect(response.body.data.id).not.toBe(first.body.data.id);
	});

	test('belongs to its user', async () => {
		const body = good();
		const first = await user.create(body, 'shared');
		const other = await world.user().create(body, 'shared');
		expect(other.body.data.id).not.toBe(first.body.data.id);
	});

	test.each(['', 'a'.repeat(256), 'tab\there', 'é'])('%j is a validation error', async (key) => {
		const response = await user.create(good(), key);
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		expect(response.body.error.details[0].path).toBe('headers.Idempotency-Key');
	});
});

const PASSWORD = 'hush-4711';
const sealer = createSealer(sealingKeysSchema.parse(PARAM_KEYS));

const request = (params: object = { password: PASSWORD }) => good({ params });

/** Returns every row of every table, as text. */
async function everythingStored(): Promise<string> {
	const tables = await world.prisma.$queryRaw<{ name: string }[]>`
		SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`;
	const rows = await Promise.all(
		tables.map(({ name }) => world.prisma.$queryRawUnsafe(`SELECT t::text FROM "${name}" t`)),
	);
	return JSON.stringify(rows);
}

test('never shows a password and never stores it in plain text', async () => {
	const body = request();
	const created = await user.create(body, 'a key');
	expect(created.body.data.params.password).toBe(REDACTED);
	const id = created.body.data.id;
	const shown = [await user.read(id), await user.call('GET', '/v1/jobs'), await user.create(body, 'a key')];
	expect(JSON.stringify(shown)).not.toContain(PASSWORD);
	expect(await everythingStored()).not.toContain(PASSWORD);
});

test('treats the same key with another password as another request', async () => {
	const body = request();
	await user.create(body, 'key of a password');
	const other = await user.create({ ...body, params: { password: 'other' } }, 'key of a password');
	expect(other.body.error.code).toBe('idempotency_conflict');
});

test('returns 400 for the placeholder that a job shows instead of a password', async () => {
	const { status, body } = await user.create(request({ password: REDACTED }));
	expect([status, body.error.code, body.error.details[0].path]).toEqual([
		400,
		'validation',
		'params.password',
	]);
});

test('seals a password so that the worker of the job can open it', async () => {
	const id = (await user.create(request())).body.data.id;
	const claim = await world.worker('w').claim(id);
	if (claim.answer !== 'granted') throw new Error(claim.answer);
	expect(claim.params.password).toBe(REDACTED);
	expect(sealer.open(claim.sealed_secrets ?? '', id)).toEqual({ password: PASSWORD });
});

test('seals nothing for a job without a password', async () => {
	const id = (await user.create(request({}))).body.data.id;
	const claim = await world.worker('w').claim(id);
	expect(claim).not.toHaveProperty('sealed_secrets');
});

test.each(['canceled', 'failed'])('deletes the sealed password of a job that is %s', async (end) => {
	const id = (await user.create(request())).body.data.id;
	const sealed = async () => (await world.prisma.job.findUniqueOrThrow({ where: { id } })).sealedSecrets;
	expect(await sealed()).not.toBeNull();
	if (end === 'canceled') await user.cancel(id);
	else await world.bus.finish(id, await world.worker('w').take(id), failed);
	await waitFor(async () => {
		if ((await user.job(id)).status !== end) throw new Error('not yet');
	});
	expect(await sealed()).toBeNull();
});
