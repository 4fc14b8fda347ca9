import { setTimeout as sleep } from 'node:timers/promises';
import { startTask } from '@creatorr/service/task';
import { afterEach, expect, test } from '@jest/globals';
import { waitUntil } from '../testing/wait-until.ts';
import { createLease } from './lease.ts';
import { createLeaseRenewer, renewLease } from './lease-renewer.ts';

type LeaseResponse = { granted: boolean; ttl_ms: number };

const GRANTED: LeaseResponse = { granted: true, ttl_ms: 600_000 };
const REFUSED: LeaseResponse = { granted: false, ttl_ms: 0 };

const logger = { info: () => undefined, warn: () => undefined };

let stop = async () => {};
afterEach(() => stop());

test('a late response to an earlier term causes exactly one more attempt', async () => {
	const requests: PromiseWithResolvers<LeaseResponse>[] = [];
	const lease = createLease({
		requestLease() {
			const granted = Promise.withResolvers<LeaseResponse>();
			requests.push(granted);
			return granted.promise;
		},
		bootTimeMs: () => performance.now(),
		marginMs: 0,
		onEnd: () => undefined,
	});
	const leaseRenewer = createLeaseRenewer({
		lease,
		logger,
		renewalMs: 60_000,
		retryMs: 60_000,
		wake: () => task.wake(),
	});
	const task = startTask(renewLease, { deps: { leaseRenewer }, logger });
	stop = async () => {
		lease.close();
		await task.stop();
	};
	const untilAsked = (count: number) => waitUntil(() => requests.length === count);
	await untilAsked(1);
	task.wake();
	await untilAsked(2);
	requests[1]?.resolve(REFUSED);
	await untilAsked(3);
	requests[2]?.resolve(GRANTED);
	await waitUntil(() => lease.isValid());
	requests[0]?.resolve(GRANTED);
	await untilAsked(4);
	// Without a delay between attempts, all would be made by now.
	await sleep(50);
	expect(requests).toHaveLength(4);
});
