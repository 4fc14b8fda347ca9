import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { accountDeleted, jobFinished, newEvent, planChanged } from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import { openDeadLetters } from '@creatorr/messaging/dead-letters';
import { runCommand } from '@creatorr/service/operator-command';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { failed, withChannel } from '../testing/bus.ts';
import { startWorld, type World } from '../testing/world.ts';
import { HELP as ADMIN_HELP, adminCommands } from './admin-command.ts';
import { HELP as DLQ_HELP, dlqCommands } from './dlq-command.ts';

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

const execute = promisify(execFile);
const fileOf = (command: 'admin' | 'dlq') => fileURLToPath(new URL(`../${command}.ts`, import.meta.url));

/** Deletes an account, and resolves once the service knows. */
async function untilDeleted(userId: string): Promise<void> {
	await world.bus.publish(newEvent(accountDeleted, { user_id: userId }, newId('req')));
	await waitFor(async () => expect(await world.prisma.deletedUser.count({ where: { userId } })).toBe(1));
}

describe('admin', () => {
	const run = (...args: string[]) =>
		runCommand({ args, help: ADMIN_HELP, commands: adminCommands(world.prisma) });

	/** Runs the command as an operator does, with the environment of the service. */
	async function runProcess(...args: string[]): Promise<string> {
		return (await execute(process.execPath, [fileOf('admin'), ...args], { env: world.env })).stdout;
	}

	const actionsOf = (userId: string) =>
		world.prisma.operatorAction.findMany({ where: { userId }, orderBy: { id: 'asc' } });

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
		await untilDeleted(userId);
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

describe('dlq', () => {
	function run(...args: string[]): Promise<string> {
		const open = () => openDeadLetters(world.host.url);
		const commands = dlqCommands({ open, prisma: world.prisma });
		return runCommand({ args, help: DLQ_HELP, commands });
	}

	/** Runs the command as an operator does, with the environment of the service. `order` names a crash order file. */
	async function runProcess(args: string[], order = '', settings = {}): Promise<string> {
		const env = { ...world.env, CRASH_ORDER_FILE: order, ...settings };
		return (await execute(process.execPath, ['--conditions=crash-test', fileOf('dlq'), ...args], { env }))
			.stdout;
	}

	async function list(): Promise<{ id: string; type: string; replay: string; request_id: string }[]> {
		return JSON.parse(await run('list', '--json')).dead_letters;
	}

	/** Returns the recorded actions on a message. */
	const actionsOn = (event: { id: string; type: string }) =>
		world.prisma.operatorAction.findMany({ where: { subject: `${event.id} ${event.type}` } });

	const WHY = ['--reason', 'it was a try', '--by', 'ada'];

	/** Publishes an event to the dead-letter queues. */
	async function deadLetter(event: { id: string; type: string }): Promise<void> {
		await withChannel(world.host.url, async (channel) => {
			const content = Buffer.from(JSON.stringify(event));
			const options = { messageId: event.id, persistent: true, headers: { 'x-creatorr-reason': 'a bug' } };
			channel.publish('creatorr.dead-letters', event.type, content, options);
			await channel.waitForConfirms();
		});
		await waitFor(async () => expect((await list()).map(({ id }) => id)).toContain(event.id));
	}

	const planOf = (userId: string) => world.prisma.account.findUnique({ where: { userId } });
	const changed = () =>
		newEvent(planChanged, { user_id: newId('usr'), plan: 'pro', version: 1 }, newId('req'));
	const finished = () =>
		newEvent(jobFinished, { job_id: newId('job'), attempt: 1, outcome: failed }, newId('req'));

	test('lists, shows and replays a message', async () => {
		const event = changed();
		await deadLetter(event);
		expect(await list()).toContainEqual(
			expect.objectContaining({
				id: event.id,
				type: 'plan.changed',
				reason: 'a bug',
				request_id: event.request_id,
				replay: 'needed',
			}),
		);
		expect(await runProcess(['show', event.id])).toContain(event.data.user_id);
		await run('replay', event.id, '--by', 'ada');
		await waitFor(async () => expect(await planOf(event.data.user_id)).toMatchObject({ plan: 'pro' }));
		expect((await list()).map(({ id }) => id)).not.toContain(event.id);
		expect(await actionsOn(event)).toMatchObject([
			{ operator: 'ada', action: 'dead_letter_replayed', userId: event.data.user_id, reason: null },
		]);
	});

	test('replays all messages except those that need no replay, and says why', async () => {
		const [needed, notNeeded] = [changed(), finished()];
		await deadLetter(needed);
		await deadLetter(notNeeded);
		const report = JSON.parse(await run('replay', '--all', '--json'));
		expect(report).toEqual({
			replayed: [{ id: needed.id, type: 'plan.changed' }],
			not_replayed: [
				{ id: notNeeded.id, type: 'job.finished', reason: expect.stringContaining('run again') },
			],
		});
		await waitFor(async () => expect(await planOf(needed.data.user_id)).toMatchObject({ plan: 'pro' }));
		await expect(run('replay', notNeeded.id)).rejects.toThrow('needs no replay');
		await run('drop', notNeeded.id, ...WHY);
		expect(await list()).toEqual([]);
		expect(await actionsOn(notNeeded)).toMatchObject([
			{ operator: 'ada', action: 'dead_letter_dropped', userId: null, reason: 'it was a try' },
		]);
	});

	test('names commands that work as printed when a message needs no replay, or needs one', async () => {
		const [needed, notNeeded] = [changed(), finished()];
		for (const [event, ...args] of [
			[needed, 'drop', needed.id, ...WHY],
			[notNeeded, 'replay', notNeeded.id],
		] as const) {
			await deadLetter(event);
			const { stderr } = await runProcess([...args]).catch((error) => error);
			const [, command = ''] = /`(node [^`]* drop [^`]*)`/.exec(stderr) ?? [];
			await execute('sh', ['-c', command], { env: { ...world.env, PATH: process.env.PATH } });
			expect((await list()).map(({ id }) => id)).not.toContain(event.id);
		}
	});

	test('records an action on a message about a job with the job’s user', async () => {
		const user = world.user();
		const jobId = await user.enqueue();
		const event = newEvent(jobFinished, { job_id: jobId, attempt: 1, outcome: failed }, newId('req'));
		await deadLetter(event);
		await run('drop', event.id, ...WHY);
		expect(await actionsOn(event)).toMatchObject([{ action: 'dead_letter_dropped', userId: user.id }]);
	});

	test('drops the deletion of an account only with --force, and records that without the user', async () => {
		const event = newEvent(accountDeleted, { user_id: newId('usr') }, newId('req'));
		await deadLetter(event);
		await expect(run('drop', event.id, ...WHY)).rejects.toThrow('keeps data of a deleted account');
		expect((await list()).map(({ id }) => id)).toEqual([event.id]);
		await run('drop', event.id, ...WHY, '--force');
		expect(await list()).toEqual([]);
		expect(await actionsOn(event)).toMatchObject([
			{ operator: 'ada', action: 'dead_letter_dropped', userId: null, reason: 'it was a try' },
		]);
	});

	test('records no user whose account was deleted', async () => {
		const event = changed();
		await untilDeleted(event.data.user_id);
		await deadLetter(event);
		await run('replay', event.id, ...WHY);
		expect(await actionsOn(event)).toMatchObject([{ action: 'dead_letter_replayed', userId: null }]);
	});

	test('exits with 1 when no queue takes one of the messages, and replays the others', async () => {
		const strange = { id: newId('evt'), type: 'moon.changed' };
		const event = changed();
		await deadLetter(strange);
		await deadLetter(event);
		const refused = await runProcess(['replay', '--all', '--json', '--by', 'ada']).catch((error) => error);
		expect(refused).toMatchObject({
			code: 1,
			stderr: expect.stringMatching(
				/^Not replayed, because no queue is bound to their routing key: 1\. Restart .*\n$/,
			),
		});
		expect(JSON.parse(refused.stdout)).toEqual({
			replayed: [{ id: event.id, type: 'plan.changed' }],
			not_replayed: [{ ...strange, reason: 'no queue is bound to its routing key' }],
		});
		await expect(run('replay', strange.id, '--by', 'ada')).rejects.toThrow(
			'no queue is bound to its routing key',
		);
		await run('drop', strange.id, ...WHY, '--force');
		expect(await list()).toEqual([]);
	});

	test('says in one line, without a stack, that RabbitMQ is down', async () => {
		const url = new URL(world.host.url);
		url.port = '1';
		await expect(runProcess(['list'], '', { AMQP_URL: url.href })).rejects.toMatchObject({
			code: 1,
			stdout: '',
			stderr: expect.stringMatching(/^RabbitMQ is temporarily unavailable\. .*127\.0\.0\.1:1\..*\n$/),
		});
	});

	test('keeps the message when it is killed between publishing and removing, and the event takes effect once', async () => {
		const event = changed();
		await deadLetter(event);
		const directory = await mkdtemp(join(tmpdir(), 'jobs-dlq-'));
		const order = join(directory, 'order.json');
		await writeFile(order, JSON.stringify({ id: 'once', point: 'command.replay.published', hit: 1 }));
		await expect(runProcess(['replay', event.id], order)).rejects.toMatchObject({ signal: 'SIGKILL' });
		await rm(directory, { recursive: true });
		await waitFor(async () => expect(await planOf(event.data.user_id)).toMatchObject({ plan: 'pro' }));
		await waitFor(async () => expect((await list()).map(({ id }) => id)).toEqual([event.id]));
		await run('replay', event.id);
		expect(await list()).toEqual([]);
	});

	test.each([
		['to show an unknown message', ['show', 'evt_x'], 'No such dead-lettered message: evt_x.'],
		['to drop an unknown message', ['drop', 'evt_x', ...WHY], 'No such dead-lettered message: evt_x.'],
		['to replay an unknown message', ['replay', 'evt_x'], 'No such dead-lettered message: evt_x.'],
		['a replay without an ID and --all', ['replay'], 'an ID or --all'],
		['a replay with an ID and --all', ['replay', 'evt_x', '--all'], 'an ID or --all'],
		['to drop without a reason', ['drop', 'evt_x', '--by', 'ada'], '--reason needs a text'],
		['to drop all', ['drop', 'evt_x', '--all'], 'drop has no option --all'],
		['a limit that is not a number', ['list', '--limit', 'many'], '--limit needs a whole number'],
	])('refuses %s with a message', async (_, args, message) => {
		await expect(run(...args)).rejects.toThrow(message);
	});
});
