import { heartbeat } from '@creatorr/contracts/internal/jobs';
import type { Capabilities } from '@creatorr/contracts/jobs';
import type { InternalClient } from '@creatorr/service/internal-client';
import type { Logger } from '@creatorr/service/logger';
import { defineTask } from '@creatorr/service/task';
import type { BackgroundJobs } from '../scheduling/background-jobs.ts';
import type { Attempts } from './attempts.ts';

interface HeartbeatDeps {
	workerId: string;
	/** A client of the jobs service whose timeout is a fraction of a lease. */
	heartbeatClient: InternalClient;
	/** Set by each response of the jobs service. */
	heartbeat: { intervalMs: number };
	attempts: Attempts;
	capacity: Pick<Capacity, 'slots' | 'backgroundSlots'>;
	/** What each tool offers on this machine. */
	capabilities: Record<string, Capabilities>;
	logger: Logger;
}

/** Used until the first response of the jobs service. */
export const INITIAL_HEARTBEAT_INTERVAL_MS = 1_000;

/**
 * Sends heartbeats to the jobs service, which renew the leases of this worker's attempts, until the last attempt has ended. Not awaited: a
 * hanging request must not delay the next, or all leases expire.
 */
export const sendHeartbeats = defineTask<HeartbeatDeps>({
	name: 'send_heartbeats',
	everyMs: ({ heartbeat }) => heartbeat.intervalMs,
	stopsLast: true,
	async run(deps) {
		sendHeartbeat(deps).catch((error: unknown) => deps.logger.warn('worker.heartbeat_failed', { error }));
	},
});

/** Sends one heartbeat, and aborts the attempts that the response names. */
async function sendHeartbeat(deps: HeartbeatDeps): Promise<void> {
	const { workerId, attempts, capacity, capabilities } = deps;
	const running = attempts.leased();
	const { data } = await deps.heartbeatClient(heartbeat, {
		params: { id: workerId },
		body: {
			slots: capacity.slots(),
			background_slots: capacity.backgroundSlots(),
			capabilities,
			running,
		},
	});
	deps.heartbeat.intervalMs = data.beat_ms;
	const revoked = new Set(data.stop);
	for (const { job_id, attempt } of running)
		if (revoked.has(job_id)) attempts.abort(job_id, 'revoked', attempt);
}

interface CapacityOptions {
	tools: readonly string[];
	slotsPerTool: number;
	/** For all tools together. */
	backgroundSlots: number;
	attempts: Attempts;
	backgroundJobs: BackgroundJobs;
}

/** The slots that a worker reports to the jobs service: those that its jobs use, and those that are free. */
export interface Capacity {
	slots(): Record<string, number>;
	backgroundSlots(): number;
	/** From now on the worker reports slots for the jobs that it has and no free ones, so that the jobs service dispatches none to it. */
	close(): void;
}

export function createCapacity(options: CapacityOptions): Capacity {
	const { tools, slotsPerTool, attempts, backgroundJobs } = options;
	let isClosed = false;
	return {
		slots() {
			const leased = attempts.leasedByTool();
			const slotsOf = (tool: string) =>
				isClosed ? (leased.get(tool) ?? 0) : slotsPerTool + backgroundJobs.count(tool);
			return Object.fromEntries(tools.map((tool) => [tool, slotsOf(tool)]));
		},
		backgroundSlots: () =>
			isClosed ? attempts.leased().filter(({ background }) => background).length : options.backgroundSlots,
		close() {
			isClosed = true;
		},
	};
}
