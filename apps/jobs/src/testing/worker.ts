import { type ClaimResponse, claimJob, heartbeat, returnJob } from '@creatorr/contracts/internal/jobs';
import type { Capabilities } from '@creatorr/contracts/jobs';
import type { SignIdentity } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';

export type Worker = ReturnType<typeof createWorker>;

interface Running {
	job_id: string;
	attempt: number;
	background?: boolean;
	expected_seconds?: number;
	compute_ms?: number;
}

/** Sends a worker's requests to the jobs service. */
export function createWorker(id: string, url: string, sign: SignIdentity) {
	const call = createInternalClient({ name: 'jobs', baseUrl: url, sign, timeoutMs: 10_000 });

	async function claim(jobId: string): Promise<ClaimResponse> {
		return (await call(claimJob, { params: { id: jobId }, body: { worker_id: id } })).data;
	}

	return {
		id,
		claim,
		/** Claims a job that must be granted, and returns the attempt's number. */
		async take(jobId: string): Promise<number> {
			const response = await claim(jobId);
			if (response.answer !== 'granted') throw new Error(`the claim was answered ${response.answer}`);
			return response.attempt;
		},
		async returnJob(
			jobId: string,
			attempt: number,
			expectation: { background?: boolean; expected_seconds?: number } = {},
		): Promise<void> {
			await call(returnJob, { params: { id: jobId }, body: { attempt, ...expectation } });
		},
		async heartbeat(slots: Record<string, number>, running: Running[] = [], backgroundSlots?: number) {
			const body = { slots, running, capabilities: {}, background_slots: backgroundSlots };
			return (await call(heartbeat, { params: { id }, body })).data;
		},
		/** Sends a heartbeat with one slot for the tool and these capabilities. */
		async offer(tool: string, capabilities: Capabilities): Promise<void> {
			const body = { slots: { [tool]: 1 }, running: [], capabilities: { [tool]: capabilities } };
			await call(heartbeat, { params: { id }, body });
		},
	};
}
