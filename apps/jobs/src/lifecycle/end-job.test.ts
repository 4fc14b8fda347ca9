import { type EventOf, jobEnded } from '@creatorr/contracts/events';
import { type Consumer, startConsumer } from '@creatorr/messaging/consumer';
import { QUEUES } from '@creatorr/messaging/topology';
import { silent } from '@creatorr/testing/silent';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type AttemptWorld, startAttemptWorld } from '../testing/attempt-world.ts';
import { failed, succeeded } from '../testing/bus.ts';

let world: AttemptWorld;
let consumer: Consumer;
const ended: EventOf<typeof jobEnded>['data'][] = [];

beforeAll(async () => {
	world = await startAttemptWorld();
	consumer = startConsumer(world.bus.broker, {
		queue: QUEUES.webhooksJobEnded,
		definition: jobEnded,
		prefetch: 100,
		logger: silent,
		async handle({ data }) {
			ended.push(data);
		},
	});
});

afterAll(async () => {
	await consumer?.stop();
	await world?.stop();
});

test('every end of a job is published once, with its owner and no text of the document', async () => {
	const [success, failure, canceled] = [await world.running(), await world.running(), await world.running()];
	const outcome = await world.bus.finish(success.jobId, success.attempt, succeeded());
	await world.bus.publish(outcome);
	await world.bus.finish(failure.jobId, failure.attempt, failed);
	await world.owner.cancel(canceled.jobId);
	await world.owner.cancel(canceled.jobId);
	await world.outcomesHandled();
	const ids = [success.jobId, failure.jobId, canceled.jobId];
	const own = () => ended.filter(({ job_id }) => ids.includes(job_id));
	await waitFor(() => expect(own()).toHaveLength(3));
	const shared = { user_id: world.owner.id, tool: expect.any(String), input_file_id: expect.any(String) };
	const times = { created_at: expect.any(String), finished_at: expect.any(String) };
	expect(own()).toEqual(
		expect.arrayContaining([
			{
				...shared,
				...times,
				job_id: success.jobId,
				status: 'succeeded',
				bytes_in: 10,
				bytes_out: 5,
				output_file_id: expect.any(String),
			},
			{ ...shared, ...times, job_id: failure.jobId, status: 'failed', error_code: 'corrupt_input' },
			{ ...shared, ...times, job_id: canceled.jobId, status: 'canceled' },
		]),
	);
});
