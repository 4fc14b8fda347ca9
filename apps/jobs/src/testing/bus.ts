import {
	type JobOutcome,
	jobCanceled,
	jobFinished,
	jobProgressed,
	jobRequested,
	newEvent,
} from '@creatorr/contracts/events';
import { newId } from '@creatorr/contracts/ids';
import type { ProgressDetail } from '@creatorr/contracts/jobs';
import { connectBroker } from '@creatorr/messaging/connection';
import { startConsumer } from '@creatorr/messaging/consumer';
import { createPublisher } from '@creatorr/messaging/publisher';
import { toolQueue } from '@creatorr/messaging/topology';
import { silent } from '@creatorr/testing/silent';
import { waitFor } from '@creatorr/testing/wait-for';
import { loadCatalog } from '@creatorr/tools/catalog';
import { type ConfirmChannel, connect } from 'amqplib';

export function succeeded(outputFileId: string = newId('fil')): JobOutcome {
	const result = { bytes_in: 10, bytes_out: 5, duration_ms: 7, warnings: ['unchanged: as it was'], pages: 3 };
	return { status: 'succeeded', output_file_id: outputFileId, result };
}

export const failed: JobOutcome = {
	status: 'failed',
	error_code: 'corrupt_input',
	error_message: 'this PDF is damaged; save it again and retry',
};

/** Plays the workers' part over RabbitMQ. Takes job requests off their queues and records them in their order. */
export async function startBus(amqpUrl: string) {
	const tools = [...(await loadCatalog()).keys()];
	const broker = await connectBroker({ url: amqpUrl, name: 'test', logger: silent, tools });
	const publish = createPublisher(broker);
	const requested: string[] = [];
	const usersOfRequests: (string | undefined)[] = [];
	const canceled: string[] = [];
	const consumers = tools.map((tool) =>
		startConsumer(broker, {
			queue: toolQueue(tool),
			definition: jobRequested,
			prefetch: 100,
			logger: silent,
			handle: async ({ data }) => {
				requested.push(data.job_id);
				usersOfRequests.push(data.user_id);
			},
		}),
	);
	const cancels = startConsumer(broker, {
		queue: { broadcast: true },
		definition: jobCanceled,
		prefetch: 100,
		logger: silent,
		handle: async ({ data }) => {
			canceled.push(data.job_id);
		},
	});
	// Channels open in the background. Once a broadcast arrives, the last of them is open.
	const probe = newEvent(jobCanceled, { job_id: newId('job') }, newId('req'));
	await waitFor(async () => {
		await publish(probe);
		if (!canceled.includes(probe.data.job_id)) throw new Error('not received yet');
	});
	return {
		broker,
		publish,
		/** Ids of jobs for which a worker was requested. */
		requested,
		/** The users of all requests so far. */
		usersOfRequests,
		/** Ids of jobs whose worker was told to stop. */
		canceled,
		timesRequested: (jobId: string) => requested.filter((id) => id === jobId).length,
		async finish(jobId: string, attempt: number, outcome: JobOutcome, computeMs?: number) {
			const data = { job_id: jobId, attempt, outcome, compute_ms: computeMs };
			const event = newEvent(jobFinished, data, newId('req'));
			await publish(event);
			return event;
		},
		progress: (jobId: string, attempt: number, progress: number, detail?: ProgressDetail) =>
			publish(
				newEvent(jobProgressed, { job_id: jobId, attempt, progress, progress_detail: detail }, newId('req')),
			),
		async stop() {
			await Promise.all([...consumers, cancels].map((consumer) => consumer.stop()));
			await broker.close();
		},
	};
}

/** Opens a channel without the product's messaging, to inspect queues and to send what its publisher never would. */
export async function withChannel<T>(url: string, work: (channel: ConfirmChannel) => Promise<T>): Promise<T> {
	const connection = await connect(url);
	try {
		return await work(await connection.createConfirmChannel());
	} finally {
		await connection.close();
	}
}
