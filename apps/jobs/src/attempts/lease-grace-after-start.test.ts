import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startWorld, type World } from '../testing/world.ts';

/** Long enough that a busy machine sends each heartbeat in time. */
const LEASE_MS = 6_000;

let world: World;

beforeAll(async () => {
	world = await startWorld({ overrides: { WORKER_LEASE_MS: String(LEASE_MS), WORKER_HEARTBEAT_MS: '500' } });
});

afterAll(async () => {
	await world?.stop();
});

test('gives every worker a whole lease after a start, even if its lease has expired', async () => {
	const user = world.user();
	await world.worker('idle').heartbeat({ compress_heavy: 10 });
	const jobId = await user.enqueue();
	await waitFor(() => expect(world.bus.timesRequested(jobId)).toBe(1));
	const attempt = await world.worker('patient').take(jobId);
	await world.replicas[0]?.stop();
	await sleep(LEASE_MS + 500);
	const replica = await world.startReplica();
	try {
		const patient = world.workerAt('patient', replica.url);
		expect(await world.workerAt('eager', replica.url).claim(jobId)).toEqual({ answer: 'held' });
		// Until the lease that the start granted would be over.
		for (let waitedMs = 0; waitedMs <= LEASE_MS; waitedMs += LEASE_MS / 4) {
			await sleep(LEASE_MS / 4);
			const { stop } = await patient.heartbeat({ compress_heavy: 1 }, [{ job_id: jobId, attempt }]);
			expect(stop).toEqual([]);
		}
		const row = await world.prisma.job.findUniqueOrThrow({ where: { id: jobId } });
		expect([row.attempt, row.lostAttempts]).toEqual([attempt, 0]);
	} finally {
		await replica.stop();
	}
});
