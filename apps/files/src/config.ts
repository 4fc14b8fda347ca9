import { MAX_FILE_BYTES } from '@creatorr/contracts/files';
import { plansSchema } from '@creatorr/contracts/plans';
import {
	baseConfigSchema,
	directUrlSchema,
	flagSchema,
	httpUrlSchema,
	listSchema,
} from '@creatorr/service/config';
import { MAX_PART_SIZE_BYTES } from '@creatorr/storage/plan-parts';
import { z } from 'zod';

/** The limit of signature version 4. */
const MAX_URL_SECONDS = 7 * 24 * 3_600;

const ORIGIN = /^https?:\/\/[^/\s*?#@]+$/;
const NO_ORIGIN = 'must be web origins such as https://app.example.org, separated by commas';

function urlSeconds(seconds: number, description: string) {
	return z.coerce.number().int().min(1).max(MAX_URL_SECONDS).default(seconds).meta({ description });
}

function duration(amount: number, description: string) {
	return z.coerce.number().positive().default(amount).meta({ description });
}

const storeSchema = z.object({
	S3_ENDPOINT: httpUrlSchema.meta({ description: 'where this service and the workers reach the store' }),
	S3_PUBLIC_ENDPOINT: httpUrlSchema.optional().meta({
		description: 'where clients reach it; presigned URLs are signed for this. S3_ENDPOINT if absent',
	}),
	S3_REGION: z.string().min(1).meta({ description: '`auto` for R2' }),
	S3_BUCKET: z.string().min(1).meta({ description: 'created at start when it is missing' }),
	S3_ACCESS_KEY_ID: z.string().min(1),
	S3_SECRET_ACCESS_KEY: z.string().min(1),
	S3_FORCE_PATH_STYLE: flagSchema
		.default(false)
		.meta({ description: 'the bucket in the path of a URL, not in its host name' }),
	CORS_ORIGINS: listSchema
		.pipe(z.array(z.string().regex(ORIGIN, { error: NO_ORIGIN })))
		.meta({ description: 'web origins that may use presigned URLs' }),
});

const policySchema = z.object({
	SINGLE_PUT_LIMIT_BYTES: z.coerce
		.number()
		.int()
		.min(1)
		.max(MAX_PART_SIZE_BYTES)
		.default(5_000_000_000)
		.meta({ description: 'larger files are uploaded in parts' }),
	PUT_URL_SECONDS: urlSeconds(3_600, 'how long an upload URL works'),
	PART_URL_SECONDS: urlSeconds(24 * 3_600, 'how long the URL of a part works'),
	DOWNLOAD_URL_SECONDS: urlSeconds(3_600, 'how long a download URL works'),
	ABANDONED_UPLOAD_HOURS: duration(24, 'from the creation of an upload to its deadline'),
	PLANS: plansSchema
		.refine((plans) => Object.values(plans).every((terms) => terms.maxStoredBytes >= MAX_FILE_BYTES), {
			error: `maxStoredBytes must have room for a single file of ${MAX_FILE_BYTES} bytes on every plan`,
		})
		.meta({ description: 'terms of the plans that differ from the defaults, in JSON' }),
	UNVERIFIED_STORED_BYTES: z.coerce.number().int().min(0).default(1_000_000_000).meta({
		description: 'bytes that a user with an unverified email may store; 0: as many as the plan allows',
	}),
	MAX_PENDING_UPLOADS: z.coerce.number().int().min(1).default(1_000).meta({
		description: 'pending uploads of a user, and deleted ones whose upload URL still works, at most',
	}),
	LATE_UPLOAD_HOURS: duration(6, 'how long a PUT may run that started before its URL expired'),
	RESWEEP_INTERVAL_SECONDS: duration(
		300,
		'how often the bytes of a deleted file are removed again while its upload URL still works',
	),
	DELETED_ROW_HOURS: duration(7 * 24, 'how long a row is kept after the removal of its bytes'),
	SWEEP_INTERVAL_SECONDS: duration(15, 'how often files that are due are swept'),
	RECONCILE_INTERVAL_HOURS: duration(24, 'from the end of one reconciliation to the start of the next'),
	RECONCILE_OBJECTS_PER_SECOND: duration(500, 'how fast reconciliation may be'),
	ORPHAN_HOURS: duration(48, 'age at which objects without a row are removed'),
});

/** The environment of this service. */
export const configSchema = z
	.object({
		...baseConfigSchema.shape,
		...storeSchema.shape,
		...policySchema.shape,
		FILES_DATABASE_URL: z
			.url({ protocol: /^postgres(ql)?$/ })
			.meta({ description: 'the database of this service and of no other' }),
		FILES_DATABASE_DIRECT_URL: directUrlSchema,
		DATABASE_POOL_SIZE: z.coerce
			.number()
			.int()
			.min(1)
			.default(10)
			.meta({ description: 'connections at most' }),
		AMQP_URL: z.url({ protocol: /^amqps?$/ }).meta({ description: 'the RabbitMQ virtual host' }),
	})
	.refine((config) => config.ORPHAN_HOURS >= config.ABANDONED_UPLOAD_HOURS + config.LATE_UPLOAD_HOURS, {
		path: ['ORPHAN_HOURS'],
		error:
			'must be at least ABANDONED_UPLOAD_HOURS and LATE_UPLOAD_HOURS together, or the bytes of a running upload may be removed',
	});

export type Config = z.output<typeof configSchema>;
