import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { accountDeleted, newEvent } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { runCommand } from '@creatorr/service/operator-command';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { startWorld, type World } from '../testing/world.ts';
import { adminCommands, HELP } from './admin-command.ts';

const ADMIN = fileURLToPath(new URL('../admin.ts', import.meta.url));

// A command that runs as a process starts slowly on a busy machine.
jest.setTimeout(180_000);

let world: World;

beforeAll(async () => {
	world = await startWorld();
	await world.worker('one').heartbeat({ compress_heavy: 100 });
});

afterAll(async () => {
	await world?.stop();
});

const run = (...args: string[]) => runCommand({ args, help: HELP, commands: adminCommands(world.prisma) });

/** Runs the command as an operator does, with the environment of the service. */
async function runProcess(...args: string[]): Promise<string> {
	return (await promisify(execFile)(process.execPath, [ADMIN, ...args], { env: world.env })).stdout;
}

const actionsOf = (userId: string) =>
	world.prisma.operatorAction.findMany({ where: { userId }, orderBy: { id: 'asc' } });

describe('admin', () => {
	test('shows a job without its secrets', async () => {
		const user = world.user();
		const created = await user.create({
			tool: 'compress_heavy',
			input_file_id: newId('fil'),
			params: { password: 'of the document' },
		});
		const jobId = created.body.data.id;
		await world.worker('one').take(jobId);
		const { sealedSecrets } = await world.prisma.job.findUniqueOrThrow({ where: { id: jobId } });
		const output = await runProcess('job', jobId, '--json', '--by', 'ada');
		expect(JSON.parse(output)).toMatchObject({
			id: jobId,
			user_id: user.id,
			status: 'running',
			attempts: 1,
			worker: 'one',
			request_id: expect.stringMatching(/^req_/),
		});
		for (const secret of ['of the document', String(sealedSecrets)]) expect(output).not.toContain(secret);
		expect(await actionsOf(user.id)).toMatchObject([
			{ operator: 'ada', action: 'job_viewed', subject: jobId, reason: null },
		]);
	});

	test('shows the jobs of a user and earlier actions of operators', async () => {
		const user = world.user();
		const jobId = await user.enqueue();
		await run('job', jobId, '--by', 'ada');
		const report = JSON.parse(await run('user', user.id, '--json', '--by', 'bob'));
		expect(report).toMatchObject({
			plan: 'free',
			queued: 1,
			last_jobs: [{ id: jobId, status: 'queued' }],
			operator_actions: [{ operator: 'ada', action: 'job_viewed' }],
		});
	});

	test('cancels all unfinished jobs of a user, and no others', async () => {
		const [user, other] = [world.user(), world.user()];
		const [running, waiting, ended] = [await user.enqueue(), await user.enqueue(), await user.enqueue()];
		const others = await other.enqueue();
		await world.worker('one').take(running);
		await user.cancel(ended);
		const before = world.bus.canceled.length;
		const why = ['--reason', 'mines coins', '--by', 'ada', '--json'];
		expect(JSON.parse(await run('cancel-jobs', user.id, ...why))).toEqual({
			user_id: user.id,
			jobs_canceled: 2,
		});
		for (const id of [running, waiting]) expect((await user.job(id)).status).toBe('canceled');
		expect((await other.job(others)).status).toBe('queued');
		await waitFor(async () => expect(world.bus.canceled.slice(before)).toContain(running));
		expect(await actionsOf(user.id)).toMatchObject([
			{ operator: 'ada', action: 'jobs_canceled', reason: 'mines coins' },
		]);
	});

	test('records actions that can’t be changed, and deletes them with the account', async () => {
		const user = world.user();
		await run('user', user.id, '--by', 'ada');
		const change = world.prisma.operatorAction.updateMany({ data: { operator: 'eve' } });
		await expect(change).rejects.toThrow(/never changed/);
		await world.bus.publish(newEvent(accountDeleted, { user_id: user.id }, newId('req')));
		await waitFor(async () => expect(await actionsOf(user.id)).toEqual([]));
	});

	test.each([
		['user', []],
		['cancel-jobs', ['--reason', 'mines coins']],
	])('%s refuses a deleted account, and records nothing', async (command, options) => {
		const userId = newId('usr');
		await world.bus.publish(newEvent(accountDeleted, { user_id: userId }, newId('req')));
		await waitFor(async () => expect(await world.prisma.deletedUser.count({ where: { userId } })).toBe(1));
		const refused = run(command, userId, ...options, '--by', 'ada');
		await expect(refused).rejects.toThrow(`${userId} was deleted.`);
		expect(await actionsOf(userId)).toEqual([]);
	});

	test.each([
		['an unknown job', ['job', 'job_x', '--by', 'ada'], 'No such job: job_x.'],
		['a user by an email', ['user', 'a@example.com', '--by', 'ada'], '"a@example.com" is not a user ID'],
		[
			'a cancellation without a reason',
			['cancel-jobs', newId('usr'), '--by', 'ada'],
			'--reason needs a text',
		],
	])('refuses %s with a message', async (_, args, message) => {
		await expect(run(...args)).rejects.toThrow(message);
	});
});
