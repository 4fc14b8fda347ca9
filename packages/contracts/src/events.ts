import { z } from 'zod';
import { jobErrorCodeSchema } from './error-catalog.ts';
import { fileIdSchema } from './files.ts';
import { idSchema, newId } from './ids.ts';
import { jobIdSchema, jobResultSchema, progressDetailSchema } from './jobs.ts';
import { planSchema } from './plans.ts';
import { isStorableText, timestampSchema } from './text.ts';

/** An event as it is published. The data is validated when it is published and again when it is consumed. */
export interface EventEnvelope<T extends string = string, D = unknown> {
	id: string;
	type: T;
	version: number;
	occurred_at: string;
	/** The request that caused the event, for the logs of each service that handles it. */
	request_id: string;
	/** W3C traceparent of the trace that the event belongs to. */
	traceparent?: string | undefined;
	data: D;
}

export interface EventDefinition<T extends string = string, S extends z.ZodType = z.ZodType> {
	type: T;
	/** Increased only for a change that old consumers can't read. */
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

/** Wakes one worker for a job. The response to its claim says what to do. */
export const jobRequested = defineEvent(
	'job.requested',
	1,
	z.object({
		job_id: jobIdSchema,
		tool: z.string(),
		/** Whose job it is: waiting users take turns. Release 0.3.0 doesn't send it. */
		user_id: idSchema('usr').optional(),
	}),
);

/** Progress of a running attempt. May be lost. */
export const jobProgressed = defineEvent(
	'job.progressed',
	1,
	z.object({
		job_id: jobIdSchema,
		attempt: z.int().min(1),
		progress: z.int().min(0).max(100),
		progress_detail: progressDetailSchema.optional(),
	}),
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

/** Outcome of an attempt, from the worker to jobs. That of an older attempt changes nothing. */
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
			.meta({ description: 'how long the tool ran, without the time spent waiting for a CPU' }),
	}),
);

/**
 * Broadcast to all workers: the worker that runs this job kills it. Not the webhook event of this name, which webhooks derives from
 * {@link jobEnded}.
 */
export const jobCanceled = defineEvent('job.canceled', 1, z.object({ job_id: jobIdSchema }));

/**
 * A job has ended. Services notify its owner of this event. Published once for each job, in the transaction that ends it. In contrast,
 * {@link jobFinished} reports an attempt, and may change nothing.
 */
export const jobEnded = defineEvent(
	'job.ended',
	1,
	z.object({
		job_id: jobIdSchema,
		user_id: idSchema('usr'),
		tool: z.string(),
		status: z.enum(['succeeded', 'failed', 'canceled']),
		input_file_id: fileIdSchema,
		output_file_id: fileIdSchema.optional(),
		error_code: jobErrorCodeSchema.optional(),
		bytes_in: z.int().optional(),
		bytes_out: z.int().optional(),
		created_at: timestampSchema,
		finished_at: timestampSchema,
	}),
);

/** A user's plan from now on. A consumer that has seen a higher version for this user ignores it. */
export const planChanged = defineEvent(
	'plan.changed',
	1,
	z.object({ user_id: idSchema('usr'), plan: planSchema, version: z.int().min(1) }),
);

/** A user has verified the account's email: from now on the account has the full limits of its plan. May be published twice. */
export const accountVerified = defineEvent(
	'account.verified',
	1,
	// The message may be published long after the verification. Releases before 0.4.0 send no time.
	z.object({ user_id: idSchema('usr'), verified_at: timestampSchema.optional() }),
);

/** An operator has suspended an account: nothing more is sent to its webhook endpoints. Published again with each repeated suspension. */
export const accountSuspended = defineEvent('account.suspended', 1, z.object({ user_id: idSchema('usr') }));

/** An operator has lifted the suspension of an account. */
export const accountUnsuspended = defineEvent(
	'account.unsuspended',
	1,
	z.object({ user_id: idSchema('usr') }),
);

/** A webhook endpoint was created: auth mails its owner. */
export const webhookCreated = defineEvent(
	'webhook.created',
	1,
	z.object({
		user_id: idSchema('usr'),
		webhook_id: idSchema('whk'),
		/** Host of its URL. The rest of a URL may be secret. */
		host: z.string().max(300),
	}),
);

/** A webhook endpoint was disabled because of its responses: auth mails its owner. */
export const webhookDisabled = defineEvent(
	'webhook.disabled',
	1,
	z.object({
		user_id: idSchema('usr'),
		webhook_id: idSchema('whk'),
		/** Host of its URL. The rest of a URL may be secret. */
		host: z.string().max(300).optional(),
		reason: z.enum(['failing', 'gone']),
	}),
);

/** An API key was reported as leaked, and revoked. Published once for each key. */
export const keyLeaked = defineEvent(
	'key.leaked',
	1,
	z.object({ user_id: idSchema('usr'), key_id: idSchema('key') }),
);

/** An account was deleted. Consumers delete what they have of it. */
export const accountDeleted = defineEvent('account.deleted', 1, z.object({ user_id: idSchema('usr') }));

/** Returns a valid event with the current time. Throws a ZodError for wrong data, so that a wrong event is never published. */
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

/** Parses an event of this type. Throws a ZodError for another type, another version or wrong data. */
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
