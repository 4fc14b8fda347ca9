import { setTimeout as sleep } from 'node:timers/promises';
import { accountDeleted, newEvent, planChanged } from '@creatorr/contracts/events';
import { IDENTITY_HEADER } from '@creatorr/contracts/identity';
import { newId } from '@creatorr/contracts/ids';
import { PLANS, type Plan } from '@creatorr/contracts/plans';
import { waitFor } from '@creatorr/testing/wait-for';
import { loadCatalog } from '@creatorr/tools/catalog';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { failed, succeeded } from '../testing/bus.ts';
import { countActiveJobs, emptyQueues, fillQueue } from '../testing/queue.ts';
import type { User } from '../testing/user.ts';
import type { Worker } from '../testing/worker.ts';
import { startWorld, type World } from '../testing/world.ts';
import { changePlan } from './accounts.sql.ts';
import { deleteAccount, eraseNextBatch } from './delete-account.sql.ts';

const TOOL = 'compress_heavy';
const MIB = 1024 ** 2;

let world: World;
let worker: Worker;

beforeAll(async () => {
	world = await startWorld({ replicas: 2 });
	worker = world.worker('a');
});

afterEach(() => emptyQueues(world));

afterAll(async () => {
	await world?.stop();
});

const deletionOf = (user: User) => newEvent(accountDeleted, { user_id: user.id }, newId('req'));

const change = (userId: string, plan: Plan, version: number) =>
	newEvent(planChanged, { user_id: userId, plan, version }, newId('req'));

const account = (userId: string) => world.prisma.account.findUnique({ where: { userId } });

/** Changes a user's plan and waits until the jobs service has applied it. */
async function putOn(userId: string, plan: Plan, version = 1): Promise<void> {
	await world.bus.publish(change(userId, plan, version));
	await waitFor(async () => expect(await account(userId)).toMatchObject({ planVersion: BigInt(version) }));
}

async function priorityOf(jobId: string): Promise<number> {
	return (await world.prisma.job.findUniqueOrThrow({ where: { id: jobId } })).priority;
}

/** Keeps the only worker busy, so that later jobs wait. */
async function fillSlots(): Promise<void> {
	await worker.heartbeat({ [TOOL]: 1 });
	await fillQueue(world, { userId: newId('usr'), count: 2, priority: 9 });
	await waitFor(async () => expect(await countActiveJobs(world, { tool: TOOL })).toBe(2));
}

describe('a change of plan', () => {
	test('gives waiting and new jobs of the user the priority of the plan, and no other jobs', async () => {
		await fillSlots();
		const [user, other] = [world.user(), world.user()];
		const [waiting, others] = [await user.enqueue(TOOL), await other.enqueue(TOOL)];
		await putOn(user.id, 'pro');
		expect(await priorityOf(waiting)).toBe(PLANS.pro.priority);
		expect(await priorityOf(await user.enqueue(TOOL))).toBe(PLANS.pro.priority);
		expect(await priorityOf(others)).toBe(PLANS.free.priority);
		await putOn(user.id, 'free', 2);
		expect(await priorityOf(waiting)).toBe(PLANS.free.priority);
	});

	test('changes nothing when it is delivered again or late', async () => {
		await fillSlots();
		const user = world.user();
		const waiting = await user.enqueue(TOOL);
		await putOn(user.id, 'pro', 7);
		for (const version of [6, 7]) {
			const late = { userId: user.id, plan: 'free' as const, version, priority: PLANS.free.priority };
			expect(await changePlan(world.prisma, late)).toBe(false);
		}
		expect(await account(user.id)).toMatchObject({ plan: 'pro', planVersion: 7n });
		expect(await priorityOf(waiting)).toBe(PLANS.pro.priority);
	});

	test('with the highest version wins when many arrive at once in any order', async () => {
		const userId = newId('usr');
		const changes = Array.from({ length: 50 }, (_, index) =>
			change(userId, index === 49 || index % 2 ? 'pro' : 'free', index + 1),
		);
		await Promise.all(changes.toReversed().map((event) => world.bus.publish(event)));
		await waitFor(async () => expect(await account(userId)).toMatchObject({ plan: 'pro', planVersion: 50n }));
	});

	test('changes how many jobs are active', async () => {
		const userId = newId('usr');
		await worker.heartbeat({ [TOOL]: 100 });
		await fillQueue(world, { userId, count: 50 });
		await waitFor(async () =>
			expect(await countActiveJobs(world, { userId })).toBe(PLANS.free.maxActiveJobs),
		);
		await putOn(userId, 'pro');
		await waitFor(async () => expect(await countActiveJobs(world, { userId })).toBe(PLANS.pro.maxActiveJobs));
		await waitFor(() => expect(world.bus.requested).toHaveLength(PLANS.pro.maxActiveJobs));
		await putOn(userId, 'free', 2);
		for (const jobId of world.bus.requested.slice(0, PLANS.pro.maxActiveJobs - 1)) {
			await world.bus.finish(jobId, await worker.take(jobId), failed);
		}
		await waitFor(async () =>
			expect(await world.prisma.job.count({ where: { userId, status: 'failed' } })).toBe(19),
		);
		await waitFor(async () =>
			expect(await countActiveJobs(world, { userId })).toBe(PLANS.free.maxActiveJobs),
		);
		const dispatched = PLANS.pro.maxActiveJobs + PLANS.free.maxActiveJobs - 1;
		await waitFor(() => expect(world.bus.requested).toHaveLength(dispatched));
	});

	test('is ignored when the account was deleted', async () => {
		const user = world.user();
		await putOn(user.id, 'pro');
		await world.bus.publish(deletionOf(user));
		await waitFor(async () => expect(await account(user.id)).toBeNull());
		const late = { userId: user.id, plan: 'pro' as const, version: 2, priority: PLANS.pro.priority };
		expect(await changePlan(world.prisma, late)).toBe(false);
		expect(await account(user.id)).toBeNull();
	});
});

describe('an account that is deleted', () => {
	test('has no record of when its jobs ran', async () => {
		const user = world.user();
		const jobId = await user.enqueue(TOOL);
		await world.bus.finish(jobId, await worker.take(jobId), failed);
		const lastRuns = () => world.prisma.lastRun.count({ where: { userId: user.id } });
		await waitFor(async () => expect(await lastRuns()).toBe(1));
		await world.bus.publish(deletionOf(user));
		await waitFor(async () => expect(await lastRuns()).toBe(0));
	});
});

describe('an input', () => {
	const LIMIT = 300_000_000;
	async function create(user: User, inputBytes: number, tool = 'ocr') {
		const id = newId('fil');
		world.files.inputBytes.set(id, inputBytes);
		return await user.create({ tool, input_file_id: id });
	}

	test('is refused when it is larger than the plan allows for the tool, with the limit of Pro', async () => {
		const user = world.user();
		expect((await create(user, LIMIT)).status).toBe(201);
		const refused = await create(user, LIMIT + MIB);
		expect([refused.status, refused.body.error.code]).toEqual([403, 'plan_limit']);
		expect(refused.body.error.message).toMatch(/301 MB.*Free plan allows 300 MB for this tool, Pro 1\.1 GB/);
		expect((await create(user, LIMIT + MIB, TOOL)).status).toBe(201);
	});

	test('is accepted on Pro', async () => {
		const user = world.user();
		await putOn(user.id, 'pro');
		expect((await create(user, LIMIT + MIB)).status).toBe(201);
	});
});

describe('a claim', () => {
	const limits = async (jobId: string) => {
		const claim = await worker.claim(jobId);
		if (claim.answer !== 'granted') throw new Error(claim.answer);
		return [claim.max_pages, claim.pro_max_pages];
	};

	test('returns the page limits of the plan and of Pro for the tool', async () => {
		const [free, pro] = [world.user(), world.user()];
		await putOn(pro.id, 'pro');
		const planLimits = (await loadCatalog()).get('ocr')?.planLimits;
		const [ofFree, ofPro] = [planLimits?.free.maxPages, planLimits?.pro.maxPages];
		expect(ofFree).toBeLessThan(PLANS.free.anyTool.maxPages);
		expect(await limits(await free.enqueue('ocr'))).toEqual([ofFree, ofPro]);
		expect(await limits(await pro.enqueue('ocr'))).toEqual([ofPro, undefined]);
		expect(await limits(await free.enqueue(TOOL))).toEqual([
			PLANS.free.anyTool.maxPages,
			PLANS.pro.anyTool.maxPages,
		]);
	});
});

describe('the usage of a user', () => {
	const requestUse = (userId: string, as: 'billing' | 'tool-worker') =>
		fetch(`${world.url}/internal/users/${userId}/job-use`, {
			headers: { [IDENTITY_HEADER]: world.identities.sign[as]() },
		});
	const use = async (userId: string) => {
		const response = await requestUse(userId, 'billing');
		return ((await response.json()) as { data: unknown }).data;
	};

	test('is the number of active and queued jobs', async () => {
		const user = world.user();
		expect(await use(user.id)).toMatchObject({ active_jobs: 0, queued_jobs: 0 });
		await worker.heartbeat({ [TOOL]: 9 });
		await fillQueue(world, { userId: user.id, count: 6 }, { userId: newId('usr'), count: 6 });
		await waitFor(async () => expect(await use(user.id)).toMatchObject({ active_jobs: 3, queued_jobs: 6 }));
		const running = await world.prisma.job.findFirstOrThrow({
			where: { userId: user.id, dispatchedAt: { not: null } },
		});
		await worker.take(running.id);
		expect(await use(user.id)).toMatchObject({ active_jobs: 3, queued_jobs: 5 });
	});

	test('is shown to billing only', async () => {
		expect((await requestUse(newId('usr'), 'tool-worker')).status).toBe(401);
	});
});

async function untilGone(user: User): Promise<void> {
	await waitFor(async () => expect(await world.prisma.job.count({ where: { userId: user.id } })).toBe(0));
}

test('deletes the jobs and keys of a deleted account, and stops its running jobs', async () => {
	await worker.heartbeat({ [TOOL]: 100 });
	const user = world.user();
	const queued = await user.enqueue();
	const running = await user.enqueue();
	await worker.take(running);
	const ended = await user.enqueue();
	await user.cancel(ended);
	await user.create({ tool: 'ocr', input_file_id: newId('fil') }, 'key');
	const bystander = world.user();
	const theirs = await bystander.enqueue();
	await world.bus.publish(deletionOf(user));
	await untilGone(user);
	expect(await world.prisma.idempotencyKey.count({ where: { userId: user.id } })).toBe(0);
	await waitFor(() => expect(world.bus.canceled).toContain(running));
	expect(world.bus.canceled).not.toContain(queued);
	expect(await worker.claim(queued)).toEqual({ answer: 'unwanted' });
	expect((await worker.heartbeat({}, [{ job_id: running, attempt: 1 }])).stop).toEqual([running]);
	expect((await bystander.job(theirs)).status).toBe('queued');
});

test('deletes a large account in batches, and continues after the process that began has died', async () => {
	const user = world.user();
	await world.prisma.$executeRaw`
		INSERT INTO jobs (id, user_id, tool, status, input_file_id, params, request_id, finished_at)
		SELECT 'job_01JZZZZZZZ' || lpad(made::text, 16, '0'), ${user.id}, 'ocr', 'canceled', 'fil_x', '{}', 'req_x', now()
		FROM generate_series(1, 1500) AS made`;
	await world.prisma.$executeRaw`
		INSERT INTO idempotency_keys (user_id, key, fingerprint, response)
		SELECT ${user.id}, made::text, '', '{}' FROM generate_series(1, 1500) AS made`;
	await world.prisma.accountDeletion.create({ data: { userId: user.id } });
	expect(await eraseNextBatch(world.prisma)).toBe(1000);
	expect(await world.prisma.idempotencyKey.count({ where: { userId: user.id } })).toBe(500);
	await world.bus.publish(deletionOf(user));
	await untilGone(user);
	expect(await world.prisma.idempotencyKey.count({ where: { userId: user.id } })).toBe(0);
	await waitFor(async () => expect(await world.prisma.accountDeletion.count()).toBe(0));
});

test('hides the ended jobs of a deleted account before they are deleted', async () => {
	const user = world.user();
	const request = { tool: 'ocr', input_file_id: newId('fil') };
	const { id } = (await user.create(request, 'key')).body.data;
	await user.cancel(id);
	await deleteAccount(world.prisma, { eventId: newId('evt'), userId: user.id, requestId: newId('req') });
	expect(await world.prisma.job.count({ where: { userId: user.id } })).toBe(1);
	const responses = [await user.read(id), await user.stream(id), await user.create(request, 'key')];
	expect(responses.map(({ status }) => status)).toEqual([404, 404, 401]);
	for (const query of ['', '?idempotency_key=key'])
		expect((await user.call('GET', `/v1/jobs${query}`)).body.data).toEqual([]);
	await world.bus.publish(deletionOf(user));
	await untilGone(user);
});

test('ignores the outcome of a job whose account was deleted', async () => {
	const user = world.user();
	const jobId = await user.enqueue();
	const attempt = await worker.take(jobId);
	await world.bus.publish(deletionOf(user));
	await untilGone(user);
	await world.bus.finish(jobId, attempt, succeeded());
	const bystander = world.user();
	const other = await bystander.enqueue();
	await world.bus.finish(other, await worker.take(other), succeeded());
	await waitFor(async () => expect((await bystander.job(other)).status).toBe('succeeded'));
	await sleep(100);
	expect(world.files.published.has(jobId)).toBe(false);
});

test('returns 401 and creates no job when the account was deleted', async () => {
	const user = world.user();
	await world.bus.publish(deletionOf(user));
	await waitFor(async () =>
		expect(await world.prisma.deletedUser.count({ where: { userId: user.id } })).toBe(1),
	);
	const response = await user.create({ tool: 'ocr', input_file_id: newId('fil') });
	expect([response.status, response.body.error.code]).toEqual([401, 'unauthorized']);
	expect(await world.prisma.job.count({ where: { userId: user.id } })).toBe(0);
});

test('changes nothing when the deletion is delivered again', async () => {
	const user = world.user();
	await user.enqueue();
	const event = deletionOf(user);
	await world.bus.publish(event);
	await world.bus.publish(event);
	await world.bus.publish(deletionOf(user));
	await untilGone(user);
	const last = world.user();
	await last.enqueue();
	await world.bus.publish(deletionOf(last));
	await untilGone(last);
});
