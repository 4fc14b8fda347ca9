import { beat } from '@creatorr/contracts/internal';
import type { Capabilities } from '@creatorr/contracts/jobs';
import { defineRoute } from '@creatorr/service/route';

interface BeatDeps {
	recordBeat(beat: {
		workerId: string;
		slots: Record<string, number>;
		capabilities: Record<string, Capabilities>;
		backgroundSlots: number | undefined;
		running: readonly {
			job_id: string;
			attempt: number;
			background?: boolean | undefined;
			expected_seconds?: number | undefined;
		}[];
	}): Promise<{ keptIds: Set<string>; capacityChanged: boolean }>;
	wakeScheduler(): void;
	/** How soon the worker should be heard again. */
	beatMs: number;
}

export function beatRoute(deps: BeatDeps) {
	return defineRoute(beat, async ({ params, body }) => {
		const { background_slots: backgroundSlots, ...others } = body;
		const { keptIds, capacityChanged } = await deps.recordBeat({
			workerId: params.id,
			backgroundSlots,
			...others,
		});
		if (capacityChanged) deps.wakeScheduler();
		const stop = body.running.map((job) => job.job_id).filter((id) => !keptIds.has(id));
		return { data: { stop, beat_ms: deps.beatMs } };
	});
}
