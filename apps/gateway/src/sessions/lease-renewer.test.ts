import { setTimeout as sleep } from 'node:timers/promises';
import { startTask } from '@creatorr/service/task';
import { afterEach, expect, test } from '@jest/globals';
import { waitUntil } from '../testing/gateway.ts';
import { createLease } from './lease.ts';
import { createLeaseRenewer, renewLease } from './lease-renewer.ts';

type HttpResponse = { granted: boolean; ttl_ms: number };

const GRANTED: HttpResponse = { granted: true, ttl_ms: 600_000 };
const REFUSED: HttpResponse = { granted: false, ttl_ms: 0 };

const logger = { info: () => undefined, warn: () => undefined };

let stop = async () => {};
afterEach(() => stop());

test('a late response to an earlier term causes exactly one more attempt', async () => {
	const asked: PromiseWithResolvers<HttpResponse>[] = [];
	const lease = createLease({
		requestLease() {
			const answer = Promise.withResolvers<HttpResponse>();
			asked.push(answer);
			return answer.promise;
		},
		monotonicMs: () => performance.now(),
		marginMs: 0,
		onEnd: () => undefined,
	});
	const leaseRenewer = createLeaseRenewer({
		...{ lease, logger },
		renewalMs: 60_000,
		retryMs: 60_000,
		wake: () => task.wake(),
	});
	const task = startTask(renewLease, { deps: { leaseRenewer }, logger });
	stop = async () => {
		lease.close();
		await task.stop();
	};
	const untilAsked = (count: number) => waitUntil(() => asked.length === count);
	await untilAsked(1);
	task.wake();
	await untilAsked(2);
	asked[1]?.resolve(REFUSED);
	await untilAsked(3);
	asked[2]?.resolve(GRANTED);
	await waitUntil(() => lease.isValid());
	asked[0]?.resolve(GRANTED);
	await untilAsked(4);
	// Without a delay between attempts, all would be made by now.
	await sleep(50);
	expect(asked).toHaveLength(4);
});
