import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Prisma } from '../generated/client.ts';
import type { User } from '../testing/user.ts';
import { startWorld, type World } from '../testing/world.ts';

let world: World;
let user: User;
let stranger: User;

beforeAll(async () => {
	world = await startWorld();
	user = world.user();
	stranger = world.user();
});

afterAll(async () => {
	await world?.stop();
});

const unknownJob = newId('job');

describe('reading a job', () => {
	test('omits fields that the job doesn’t have', async () => {
		const job = await user.job(await user.enqueue());
		expect(Object.keys(job).sort()).toEqual(
			['created_at', 'id', 'input_file_id', 'params', 'progress', 'status', 'tool'].sort(),
		);
	});

	test('returns the same 404 for another user’s job as for an unknown job', async () => {
		const jobId = await user.enqueue();
		const theirs = await stranger.read(jobId);
		const unknown = await stranger.read(unknownJob);
		expect([theirs.status, theirs.body.error.message]).toEqual([404, unknown.body.error.message]);
	});

	test.each(['', '/events'])('returns 404 for an invalid id (%s)', async (path) => {
		expect((await user.call('GET', `/v1/jobs/x${path}`)).status).toBe(404);
	});
});

describe('listing jobs', () => {
	test('returns the user’s own jobs, newest first, page by page', async () => {
		const someone = world.user();
		const ids: string[] = [];
		for (let count = 0; count < 5; count++) ids.unshift(await someone.enqueue());
		await stranger.enqueue();
		const seen: string[] = [];
		for (let cursor: string | null = ''; cursor !== null; ) {
			const query: string = cursor ? `&cursor=${cursor}` : '';
			const { body } = await someone.call('GET', `/v1/jobs?limit=2${query}`);
			seen.push(...body.data.map((job: { id: string }) => job.id));
			cursor = body.next_cursor;
		}
		expect(seen).toEqual(ids);
	});

	test('serves one list of a user at a time', async () => {
		const { job } = world.replicas[0]?.deps.prisma ?? {};
		if (!job) throw new Error('there is no replica');
		const { findMany } = job;
		let [running, mostAtOnce] = [0, 0];
		const counted = async (input: Parameters<typeof findMany>[0]) => {
			running += 1;
			mostAtOnce = Math.max(mostAtOnce, running);
			return await findMany(input).finally(() => {
				running -= 1;
			});
		};
		job.findMany = counted as typeof findMany;
		try {
			const lists = await Promise.all([1, 2, 3, 4, 5].map(() => user.call('GET', '/v1/jobs?limit=100')));
			expect([lists.map(({ status }) => status), mostAtOnce]).toEqual([Array(5).fill(200), 1]);
		} finally {
			job.findMany = findMany;
		}
	});

	test('has no cursor at the last page', async () => {
		const someone = world.user();
		await someone.enqueue();
		await someone.enqueue();
		const { body } = await someone.call('GET', '/v1/jobs?limit=2');
		expect([body.data.length, body.next_cursor]).toEqual([2, null]);
	});

	test('filters by status and tool', async () => {
		const someone = world.user();
		const ocr = await someone.enqueue('ocr');
		const compress = await someone.enqueue('compress_heavy');
		await someone.cancel(compress);
		const list = async (query: string) =>
			(await someone.call('GET', `/v1/jobs?${query}`)).body.data.map((job: { id: string }) => job.id);
		expect(await list('status=canceled')).toEqual([compress]);
		expect(await list('tool=ocr')).toEqual([ocr]);
		expect(await list('tool=ocr&status=canceled')).toEqual([]);
	});

	test.each([
		['another tool when it filters by tool', Prisma.sql`tool = 'compress_heavy'`, 'jobs_user_id_tool_id_idx'],
		[
			'another status when it filters by tool and status',
			Prisma.sql`tool = 'ocr' AND status = 'failed'`,
			'jobs_user_id_tool_status_id_idx',
		],
	])('reads no job of %s', async (_, filter, index) => {
		const someone = world.user();
		await world.prisma.$executeRaw`
			INSERT INTO jobs (id, user_id, tool, status, input_file_id, params, request_id, finished_at)
			SELECT 'job_01JZZZZZZZ' || lpad(made::text, 16, '0'), ${someone.id}, 'ocr', 'canceled', 'fil_x', '{}', 'req_x', now()
			FROM generate_series(1, 5000) AS made`;
		await world.prisma.$executeRaw`ANALYZE jobs`;
		const [{ 'QUERY PLAN': plans } = { 'QUERY PLAN': [] }] = await world.prisma.$queryRaw<
			{ 'QUERY PLAN': { Plan: object }[] }[]
		>`
			EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM jobs
			WHERE user_id = ${someone.id} AND ${filter} ORDER BY id DESC LIMIT 20`;
		const plan = JSON.stringify(plans);
		expect(plan).toContain(index);
		// Rows that a scan read and did not need.
		expect(plan).not.toMatch(/"Rows Removed by Filter":[1-9]/);
		await world.prisma.job.deleteMany({ where: { userId: someone.id } });
	});

	test('finds the user’s job that was created with a key', async () => {
		const someone = world.user();
		const key = 'a b&1';
		const jobOf = async (owner: User) => {
			const response = await owner.create({ tool: 'ocr', input_file_id: newId('fil') }, key);
			return response.body.data.id;
		};
		const jobs = [await jobOf(someone), await jobOf(stranger)];
		await someone.enqueue('ocr');
		const find = async (owner: User, query: string) => {
			const { body } = await owner.call('GET', `/v1/jobs?idempotency_key=${query}`);
			return body.data.map((job: { id: string }) => job.id);
		};
		const encodedKey = encodeURIComponent(key);
		expect([await find(someone, encodedKey), await find(stranger, encodedKey)]).toEqual([
			[jobs[0]],
			[jobs[1]],
		]);
		expect(await find(someone, 'another')).toEqual([]);
		expect(await find(someone, `${encodedKey}&status=canceled`)).toEqual([]);
	});

	test.each(['idempotency_key=', 'status=done', 'limit=0', 'limit=101', 'cursor=abc', 'tool=%00'])(
		'returns 400 for ?%s',
		async (query) => {
			const response = await user.call('GET', `/v1/jobs?${query}`);
			expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		},
	);
});

test('refuses workers', async () => {
	const response = await fetch(`${world.url}/v1/jobs`, {
		headers: { 'x-creatorr-identity': world.identities.sign['tool-worker']() },
	});
	expect(response.status).toBe(401);
});
