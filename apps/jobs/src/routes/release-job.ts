import { releaseJob } from '@creatorr/contracts/internal';
import { crashPoint } from '@creatorr/service/crash-point';
import { defineRoute } from '@creatorr/service/route';
import type { giveBackAttempt } from '../data/give-back-attempt.ts';

interface ReleaseDeps {
	giveBackAttempt(returned: Parameters<typeof giveBackAttempt>[1]): Promise<void>;
}

export function releaseJobRoute(deps: ReleaseDeps) {
	return defineRoute(releaseJob, async ({ params, body }) => {
		const { attempt, background, expected_seconds: expectedSeconds } = body;
		await deps.giveBackAttempt({ jobId: params.id, attempt, background, expectedSeconds });
		crashPoint('jobs.give-back.committed');
	});
}
