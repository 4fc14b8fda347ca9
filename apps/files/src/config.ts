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

function urlSeconds(seconds: number, meta: { description: string; deprecatedName: string }) {
	return z.coerce.number().int().min(1).max(MAX_URL_SECONDS).default(seconds).meta(meta);
}

function duration(amount: number, description: string) {
	return z.coerce.number().positive().default(amount).meta({ description });
}

const storeSchema = z.object({
	S3_ENDPOINT: httpUrlSchema.meta({ description: 'URL of the store for files and workers.' }),
	S3_PUBLIC_ENDPOINT: httpUrlSchema.optional().meta({
		description: 'URL of the store in presigned URLs for clients. Defaults to `S3_ENDPOINT`.',
	}),
	S3_REGION: z.string().min(1).meta({ description: 'Region of the bucket; `auto` for Cloudflare R2.' }),
	S3_BUCKET: z.string().min(1).meta({ description: 'Bucket. Created at startup if it is missing.' }),
	S3_ACCESS_KEY_ID: z.string().min(1).meta({ description: 'Access key of the store.' }),
	S3_SECRET_ACCESS_KEY: z.string().min(1).meta({ description: 'Secret key of the store.' }),
	S3_FORCE_PATH_STYLE: flagSchema
		.prefault('false')
		.meta({ description: '`true` puts the bucket into the path of a URL instead of the hostname.' }),
	CORS_ORIGINS: listSchema
		.pipe(z.array(z.string().regex(ORIGIN, { error: NO_ORIGIN })))
		.meta({ description: 'Web origins that may use presigned URLs, separated by commas.' }),
});

const policySchema = z.object({
	SINGLE_PUT_LIMIT_BYTES: z.coerce
		.number()
		.int()
		.min(1)
		.max(MAX_PART_SIZE_BYTES)
		.default(5_000_000_000)
		.meta({
			description: 'Largest file that is uploaded with a single PUT. Larger ones are multipart uploads.',
		}),
	PUT_URL_TTL_SECONDS: urlSeconds(3_600, {
		description: 'Lifetime of an upload URL.',
		deprecatedName: 'PUT_URL_SECONDS',
	}),
	PART_URL_TTL_SECONDS: urlSeconds(24 * 3_600, {
		description: 'Lifetime of the URL of a part.',
		deprecatedName: 'PART_URL_SECONDS',
	}),
	DOWNLOAD_URL_TTL_SECONDS: urlSeconds(3_600, {
		description: 'Lifetime of a download URL.',
		deprecatedName: 'DOWNLOAD_URL_SECONDS',
	}),
	ABANDONED_UPLOAD_HOURS: duration(24, 'Pending uploads are deleted this long after they were created.'),
	PLANS: plansSchema
		.refine((plans) => Object.values(plans).every((terms) => terms.maxStoredBytes >= MAX_FILE_BYTES), {
			error: `maxStoredBytes must be at least ${MAX_FILE_BYTES} bytes (the largest file) on every plan`,
		})
		.meta({
			description: 'Limits of the plans that differ from the defaults, as JSON ([plans](billing.md#plans)).',
		}),
	UNVERIFIED_STORED_BYTES: z.coerce.number().int().min(0).default(1_000_000_000).meta({
		description:
			'Storage of a user whose email is not verified; 0: the limit of the plan. `npm start` sets 0 without `SMTP_URL`.',
	}),
	MAX_PENDING_UPLOADS: z.coerce.number().int().min(1).default(1_000).meta({
		description:
			'Maximum number of pending uploads of a user, including deleted ones whose upload URL still works.',
	}),
	LATE_UPLOAD_HOURS: duration(
		6,
		'How long a PUT may still run after its URL expired. After that time, the sweep deletes the object of a deleted file once more.',
	),
	RESWEEP_INTERVAL_SECONDS: duration(
		300,
		'How often the object of a deleted file is deleted again while its upload URL still works.',
	),
	DELETED_FILE_RETENTION_HOURS: z.coerce
		.number()
		.positive()
		.default(7 * 24)
		.meta({
			description: 'How long the row of a file is kept after its object was deleted.',
			deprecatedName: 'DELETED_ROW_HOURS',
		}),
	SWEEP_INTERVAL_SECONDS: duration(
		15,
		'Interval of the sweep, which deletes the objects of deleted and expired files.',
	),
	RECONCILE_INTERVAL_HOURS: duration(24, 'Time from the end of one reconciliation to the start of the next.'),
	RECONCILE_OBJECTS_PER_SECOND: duration(500, 'Rate limit of reconciliation.'),
	ORPHAN_HOURS: duration(48, 'Reconciliation deletes objects without a row that are older than this.'),
});

/** The environment of this service. */
export const configSchema = z
	.object({
		...baseConfigSchema.shape,
		...storeSchema.shape,
		...policySchema.shape,
		FILES_DATABASE_URL: z
			.url({ protocol: /^postgres(ql)?$/ })
			.meta({ description: 'PostgreSQL database of this service.' }),
		FILES_DATABASE_DIRECT_URL: directUrlSchema.meta({
			description:
				'URL of this service’s database that bypasses PgBouncer or another pooler, for migrations and the timeouts of the role. Required if `…_DATABASE_URL` goes through a pooler in transaction mode.',
		}),
		DATABASE_POOL_SIZE: z.coerce.number().int().min(1).default(10).meta({
			description:
				'Maximum number of database connections of a process. `npm start`, Compose and Kubernetes set it for all services: use at least 12, which billing needs.',
		}),
		AMQP_URL: z
			.url({ protocol: /^amqps?$/ })
			.meta({ description: 'RabbitMQ, with user, password and virtual host.' }),
	})
	.refine((config) => config.ORPHAN_HOURS >= config.ABANDONED_UPLOAD_HOURS + config.LATE_UPLOAD_HOURS, {
		path: ['ORPHAN_HOURS'],
		error:
			'must be at least ABANDONED_UPLOAD_HOURS + LATE_UPLOAD_HOURS; otherwise a running upload may be deleted',
	});

export type Config = z.output<typeof configSchema>;
