import { z } from 'zod';
import { BODY_LIMIT } from './body-limit.ts';
import { idSchema } from './ids.ts';
import { defineOperation, enveloped, paged, pageQuerySchema } from './operation.ts';
import { storageTierSchema } from './plans.ts';
import { MAX_URL_LENGTH, textSchema, timestampSchema } from './text.ts';

/** 10 GiB. */
export const MAX_FILE_BYTES = 10 * 1024 ** 3;
/** S3 accepts smaller parts only at the end. */
export const MIN_MULTIPART_BYTES = 5 * 1024 ** 2;

export const fileIdSchema = idSchema('fil');
export const fileNameSchema = textSchema({ min: 1, max: 255 });
/** A media type of RFC 6838, with or without parameters, as in Content-Type. */
export const mimeTypeSchema = z
	.string()
	.max(255)
	.regex(
		/^[\w!#$&^.+-]{1,127}\/[\w!#$&^.+-]{1,127}(?:; ?[\w!#$&^.+-]+=(?:[\w!#$&^.+-]+|"[\w !#$&^.+-]*"))*$/,
		{
			error: 'must be a media type such as application/pdf',
		},
	);

export const fileStatusSchema = z.enum(['pending', 'ready']).meta({
	'x-enumDescriptions': {
		pending: 'Its bytes are not uploaded yet.',
		ready: 'It can be downloaded and used as the input of a job.',
	},
});

/** Parts of the largest file. */
const MAX_LISTED_PARTS = 100;
/** Content-Type with a media type of 255 characters. */
const MAX_UPLOAD_HEADERS_BYTES = 1024;

const urlSchema = z.string().meta({ maxLength: MAX_URL_LENGTH });

const fileRowSchema = z
	.object({
		id: fileIdSchema,
		name: z.string().meta({ maxLength: 255 }),
		size_bytes: z.number().int(),
		mime_type: z.string().meta({ maxLength: 255 }),
		storage_tier: storageTierSchema,
		status: fileStatusSchema,
		expires_at: timestampSchema.meta({ description: 'When the file expires and is deleted.' }),
		created_at: timestampSchema,
	})
	.meta({ id: 'FileRow', description: 'A file without its download URL.' });

export const fileSchema = fileRowSchema
	.extend({
		download_url: z
			.string()
			.nullable()
			.meta({ maxLength: MAX_URL_LENGTH, description: 'Null while the file is pending.' }),
	})
	.meta({ id: 'File' });

const partUploadSchema = z.object({
	part_number: z.number().int(),
	upload_url: urlSchema,
	size: z.number().int(),
});

const completeUrlSchema = z.string().meta({
	maxLength: 100,
	description: 'Path to POST the list of uploaded parts to, relative to the base URL of the API.',
});

export const multipartSchema = z
	.object({
		part_size: z.number().int(),
		parts: z.array(partUploadSchema).meta({ maxItems: MAX_LISTED_PARTS }),
		complete_url: completeUrlSchema,
	})
	.meta({ id: 'MultipartUpload' });

export const uploadSchema = z
	.object({
		file_id: fileIdSchema,
		upload_url: z
			.string()
			.nullable()
			.meta({ maxLength: MAX_URL_LENGTH, description: 'Null for a multipart upload.' }),
		expires_at: timestampSchema.meta({ description: 'When the URL expires.' }),
		method: z.literal('PUT'),
		headers: z.record(z.string(), z.string()).meta({
			description: 'Headers to send with the PUT.',
			'x-maxBytes': MAX_UPLOAD_HEADERS_BYTES,
		}),
		multipart: multipartSchema.optional(),
	})
	.meta({ id: 'Upload' });

export const completedPartsSchema = z
	.array(z.object({ part_number: z.number().int().min(1).max(10_000), etag: z.string().min(1).max(200) }))
	.min(1)
	.max(10_000);

const fileParams = z.object({ id: fileIdSchema });

export const createFile = defineOperation({
	id: 'createFile',
	title: 'Create an upload',
	method: 'post',
	path: '/v1/files',
	service: 'files',
	access: 'user',
	scope: 'files:write',
	cost: 4,
	summary: 'Creates a file and returns a presigned URL to upload its bytes to.',
	maxBodyBytes: BODY_LIMIT.file,
	body: z.object({
		name: fileNameSchema.meta({ examples: ['input.pdf'] }),
		mime_type: mimeTypeSchema.meta({ examples: ['application/pdf'] }),
		size_bytes: z
			.number()
			.refine((size) => Number.isInteger(size) && size >= 1, { error: 'must be an integer > 0' })
			.meta({
				type: 'integer',
				minimum: 1,
				description: 'At most 10,737,418,240 (10 GiB).',
				examples: [48_213],
			}),
		multipart: z.boolean().optional().meta({
			description:
				'Whether to upload in parts, which can be sent in parallel and resumed. Needs at least 5,242,880 bytes (5 MiB). A file that is too large for one PUT is always uploaded in parts.',
		}),
	}),
	status: 201,
	response: enveloped(uploadSchema),
	errors: ['validation', 'too_large', 'plan_limit', 'email_not_verified'],
});

export const listFiles = defineOperation({
	id: 'listFiles',
	title: 'List files',
	method: 'get',
	path: '/v1/files',
	service: 'files',
	access: 'user',
	scope: 'files:read',
	cost: 8,
	summary:
		'Lists your files, newest first. Only the 20 newest pending files of each page have a current status. For any other pending file, call GET /v1/files/{id}.',
	query: pageQuerySchema,
	status: 200,
	response: paged(fileRowSchema),
	errors: ['validation'],
});

export const getFile = defineOperation({
	id: 'getFile',
	title: 'Get or download a file',
	method: 'get',
	path: '/v1/files/{id}',
	service: 'files',
	access: 'user',
	scope: 'files:read',
	summary: 'Returns the file’s metadata and a presigned download URL.',
	params: fileParams,
	status: 200,
	response: enveloped(fileSchema),
	errors: ['not_found'],
});

export const deleteFile = defineOperation({
	id: 'deleteFile',
	title: 'Delete a file',
	method: 'delete',
	path: '/v1/files/{id}',
	service: 'files',
	access: 'user',
	scope: 'files:write',
	summary: 'Deletes a file. It disappears from the API at once, and its bytes are removed soon after.',
	params: fileParams,
	status: 204,
	errors: ['not_found'],
});

export const completeFile = defineOperation({
	id: 'completeFile',
	title: 'Complete a multipart upload',
	method: 'post',
	path: '/v1/files/{id}/complete',
	service: 'files',
	access: 'user',
	scope: 'files:write',
	cost: 10,
	summary: 'Completes a multipart upload. Idempotent.',
	params: fileParams,
	maxBodyBytes: BODY_LIMIT.list,
	body: z.object({ parts: completedPartsSchema }),
	status: 200,
	response: enveloped(fileSchema),
	errors: ['validation', 'not_found', 'file_not_uploaded'],
});

export const listFileParts = defineOperation({
	id: 'listFileParts',
	title: 'Resume a multipart upload',
	method: 'get',
	path: '/v1/files/{id}/parts',
	service: 'files',
	access: 'user',
	scope: 'files:write',
	cost: 8,
	summary: 'Lists the uploaded parts, and returns new URLs for the missing ones.',
	params: fileParams,
	status: 200,
	response: enveloped(
		z.object({
			part_size: z.number().int(),
			parts: z
				.array(
					z.object({
						part_number: z.number().int(),
						size: z.number().int(),
						etag: z
							.string()
							.optional()
							.meta({ maxLength: 200, description: 'Present once the part is uploaded.' }),
						upload_url: urlSchema.optional().meta({ description: 'Present until the part is uploaded.' }),
					}),
				)
				.meta({ maxItems: MAX_LISTED_PARTS }),
			complete_url: completeUrlSchema,
			expires_at: timestampSchema.meta({ description: 'When the URLs expire.' }),
		}),
	),
	errors: ['validation', 'not_found'],
});
