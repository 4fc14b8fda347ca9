import { z } from 'zod';
import { fileIdSchema } from './files.ts';
import { idSchema, newId } from './ids.ts';
import { jobErrorCodeSchema, jobIdSchema, jobResultSchema } from './jobs.ts';
import { planSchema } from './plans.ts';
import { isStorableText, timestampSchema } from './text.ts';

/** What happened, as it travels: the data is validated when published and again when consumed. */
export interface EventEnvelope<T extends string = string, D = unknown> {
	id: string;
	type: T;
	version: number;
	occurred_at: string;
	/** The request that set it off, for the logs of every service it passes. */
	request_id: string;
	/** Where its trace goes on, where one is kept: W3C’s traceparent. */
	traceparent?: string | undefined;
	data: D;
}

export interface EventDefinition<T extends string = string, S extends z.ZodType = z.ZodType> {
	type: T;
	/** Raised only for a change that old consumers cannot read. */
	version: number;
	data: S;
}

function defineEvent<T extends string, S extends z.ZodType>(
	type: T,
	version: number,
	data: S,
): EventDefinition<T, S> {
	return { type, version, data };
}

export type EventOf<E> = E extends EventDefinition<infer T, infer S> ? EventEnvelope<T, z.output<S>> : never;

/** A job may be claimed: a wake-up for one worker. What to do is answered to the claim. */
export const jobRequested = defineEvent(
	'job.requested',
	1,
	z.object({ job_id: jobIdSchema, tool: z.string() }),
);

/** Progress of a running attempt; may be lost. */
export const jobProgressed = defineEvent(
	'job.progressed',
	1,
	z.object({ job_id: jobIdSchema, attempt: z.int().min(1), progress: z.int().min(0).max(100) }),
);

export const jobOutcomeSchema = z.discriminatedUnion('status', [
	z.object({ status: z.literal('succeeded'), output_file_id: fileIdSchema, result: jobResultSchema }),
	z.object({
		status: z.literal('failed'),
		error_code: jobErrorCodeSchema,
		error_message: z.string().refine(isStorableText),
	}),
]);
export type JobOutcome = z.infer<typeof jobOutcomeSchema>;

/** An attempt's end, from the worker to jobs. An older attempt's changes nothing. */
export const jobFinished = defineEvent(
	'job.finished',
	1,
	z.object({
		job_id: jobIdSchema,
		attempt: z.int().min(1),
		outcome: jobOutcomeSchema,
		compute_ms: z
			.int()
			.min(0)
			.optional()
			.meta({ description: 'how long the tool ran, without the time that other jobs had the processors' }),
	}),
);

/** To every worker: whoever runs this job kills it. */
export const jobCanceled = defineEvent('job.canceled', 1, z.object({ job_id: jobIdSchema }));

/** What a user's plan is from now on. A consumer that has seen a higher version for this user ignores it. */
export const planChanged = defineEvent(
	'plan.changed',
	1,
	z.object({ user_id: idSchema('usr'), plan: planSchema, version: z.int().min(1) }),
);

/** A user has proven to own the account's email: from now on the account has the full limits of its plan. May come twice. */
export const accountVerified = defineEvent('account.verified', 1, z.object({ user_id: idSchema('usr') }));

/** An account is gone: whoever holds something of it removes it. */
export const accountDeleted = defineEvent('account.deleted', 1, z.object({ user_id: idSchema('usr') }));

/** Makes a valid event now. Throws a ZodError when the data does not fit, so a wrong one is never published. */
export function newEvent<T extends string, S extends z.ZodType>(
	definition: EventDefinition<T, S>,
	data: z.input<S>,
	requestId: string,
): EventEnvelope<T, z.output<S>> {
	return {
		id: newId('evt'),
		type: definition.type,
		version: definition.version,
		occurred_at: new Date().toISOString(),
		request_id: requestId,
		data: definition.data.parse(data),
	};
}

/** Reads an event of this kind. Throws a ZodError for another kind, another version or wrong data. */
export function parseEvent<T extends string, S extends z.ZodType>(
	definition: EventDefinition<T, S>,
	value: unknown,
): EventEnvelope<T, z.output<S>> {
	const envelope = z
		.object({
			id: idSchema('evt'),
			type: z.literal(definition.type),
			version: z.literal(definition.version),
			occurred_at: timestampSchema,
			request_id: z.string(),
			traceparent: z.string().optional(),
			data: z.unknown(),
		})
		.parse(value);
	return { ...envelope, type: definition.type, data: definition.data.parse(envelope.data) };
}
