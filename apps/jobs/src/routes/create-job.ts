import { createJob, createJobHeadersSchema } from '@creatorr/contracts/jobs';
import { parseOrThrow } from '@creatorr/contracts/validation';
import { defineRoute } from '@creatorr/service/route';
import { z } from 'zod';
import { type EnqueueDeps, enqueueJob } from '../domain/enqueue-job.ts';

/** The body is validated after the idempotency key was looked up. */
const unvalidated = { ...createJob, body: z.unknown() };

export function createJobRoute(deps: EnqueueDeps) {
	return defineRoute(unvalidated, async ({ rawBody, user, header, setHeader }) => {
		const headers = parseOrThrow(createJobHeadersSchema, { 'Idempotency-Key': header('idempotency-key') }, [
			'headers',
		]);
		const { job, replayed } = await enqueueJob(deps, {
			userId: user.id,
			idempotencyKey: headers['Idempotency-Key'],
			body: rawBody,
		});
		if (replayed) setHeader('Idempotency-Replayed', 'true');
		return { data: job };
	});
}
