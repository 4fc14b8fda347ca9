import { jobCanceled, jobRequested } from '@creatorr/contracts/events';
import { defineConsumer } from '@creatorr/messaging/consumer';
import type { Messaging } from '@creatorr/messaging/open-broker';
import { toolQueue } from '@creatorr/messaging/topology';
import type { Attempts } from './attempts.ts';
import { drain } from './drain.ts';
import type { Capacity } from './heartbeats.ts';
import { handleJobRequested, type JobRequestedDeps } from './job-requested.ts';

interface ToolQueueDeps extends JobRequestedDeps, Pick<Messaging, 'broker'> {
	slotsPerTool: number;
	graceSeconds: number;
	capacity: Capacity;
}

/** Consumes the queue of each tool that can run on this machine. Stopping drains the worker: see {@link drain}. */
export const onJobRequested = {
	start(deps: ToolQueueDeps) {
		const consumers = [...deps.tools.keys()].map((slug) =>
			defineConsumer({
				queue: toolQueue(slug),
				definition: jobRequested,
				prefetch: deps.slotsPerTool,
				handle: handleJobRequested,
			}).start(deps),
		);
		return { stop: () => drain({ ...deps, consumers }) };
	},
};

const CONCURRENT_CANCELLATIONS = 100;

/** Each worker receives all cancellations, and aborts its attempt of the job if it has one. */
export const onJobCanceled = defineConsumer({
	queue: { broadcast: true },
	definition: jobCanceled,
	prefetch: CONCURRENT_CANCELLATIONS,
	async handle({ attempts }: { attempts: Pick<Attempts, 'abort'> }, event) {
		attempts.abort(event.data.job_id, 'revoked');
	},
});
