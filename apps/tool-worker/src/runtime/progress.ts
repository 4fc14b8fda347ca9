import { jobProgressed, newEvent } from '@creatorr/contracts/events';
import type { Publish } from '@creatorr/messaging/publisher';
import { currentRequestId } from '@creatorr/service/context';

/** More often helps nobody who looks on. */
const SHORTEST_INTERVAL_MS = 200;

/** Publishes percents, not too often; one that is left out or lost is made up for by the next. */
export function createProgress(
	publish: Publish,
	job: { id: string; attempt: number },
): (percent: number) => void {
	const requestId = currentRequestId();
	let sentAt = Number.NEGATIVE_INFINITY;
	return (percent) => {
		const now = performance.now();
		if (now - sentAt < SHORTEST_INTERVAL_MS) return;
		sentAt = now;
		const data = { job_id: job.id, attempt: job.attempt, progress: percent };
		publish(newEvent(jobProgressed, data, requestId)).catch(() => undefined);
	};
}
