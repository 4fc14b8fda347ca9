import { z } from 'zod';
import { BODY_LIMIT } from '../body-limit.ts';
import {
	completedPartsSchema,
	fileIdSchema,
	fileNameSchema,
	mimeTypeSchema,
	uploadSchema,
} from '../files.ts';
import { idSchema } from '../ids.ts';
import { jobIdSchema } from '../jobs.ts';
import { defineOperation, enveloped } from '../operation.ts';

const userIdSchema = idSchema('usr');

/** Checks that a user's file can be the input of a new job, and that the user's storage isn't full. */
export const checkInput = defineOperation({
	id: 'checkInput',
	method: 'post',
	path: '/internal/inputs/{id}/check',
	service: 'files',
	access: ['jobs'],
	summary: 'Return the metadata of an input file.',
	params: z.object({ id: fileIdSchema }),
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({ user_id: userIdSchema }),
	status: 200,
	response: enveloped(z.object({ name: z.string(), mime_type: z.string(), size_bytes: z.int() })),
	errors: ['not_found', 'file_not_uploaded', 'plan_limit', 'email_not_verified'],
});

/** Returns a download URL of exactly this object, by its ETag. */
export const openInput = defineOperation({
	id: 'openInput',
	method: 'post',
	path: '/internal/inputs/{id}/open',
	service: 'files',
	access: ['tool-worker'],
	summary: 'Presign the download of an input.',
	params: z.object({ id: fileIdSchema }),
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({ user_id: userIdSchema }),
	status: 200,
	response: enveloped(
		z.object({
			name: z.string(),
			mime_type: z.string(),
			size_bytes: z.int(),
			etag: z.string(),
			download_url: z.string(),
		}),
	),
	errors: ['not_found', 'file_not_uploaded'],
});

/** Creates a file for an attempt's output. It is invisible until {@link publishOutput}. */
export const createOutput = defineOperation({
	id: 'createOutput',
	method: 'post',
	path: '/internal/outputs',
	service: 'files',
	access: ['tool-worker'],
	summary: 'Presign the upload of an output.',
	maxBodyBytes: BODY_LIMIT.file,
	body: z.object({
		job_id: jobIdSchema,
		user_id: userIdSchema,
		name: fileNameSchema,
		mime_type: mimeTypeSchema,
		size_bytes: z.int().min(1),
	}),
	status: 201,
	response: enveloped(uploadSchema),
	errors: ['validation', 'too_large', 'not_found', 'plan_limit', 'email_not_verified'],
});

export const completeOutput = defineOperation({
	id: 'completeOutput',
	method: 'post',
	path: '/internal/outputs/{id}/complete',
	service: 'files',
	access: ['tool-worker'],
	summary: 'Finish a multipart upload of an output.',
	params: z.object({ id: fileIdSchema }),
	maxBodyBytes: BODY_LIMIT.list,
	body: z.object({ parts: completedPartsSchema }),
	status: 204,
	errors: ['validation', 'not_found', 'file_not_uploaded'],
});

/** Makes this file the only published output of its job; it replaces one that was published before. Idempotent. */
export const publishOutput = defineOperation({
	id: 'publishOutput',
	method: 'post',
	path: '/internal/outputs/{id}/publish',
	service: 'files',
	access: ['jobs'],
	summary: 'Make an output visible to its owner.',
	params: z.object({ id: fileIdSchema }),
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({ job_id: jobIdSchema }),
	status: 204,
	errors: ['not_found', 'file_not_uploaded'],
});

/** Deletes every output of a job that did not succeed. Idempotent. */
export const discardOutputs = defineOperation({
	id: 'discardOutputs',
	method: 'post',
	path: '/internal/outputs/discard',
	service: 'files',
	access: ['jobs'],
	summary: 'Remove the outputs of a job.',
	maxBodyBytes: BODY_LIMIT.shortFields,
	body: z.object({ job_id: jobIdSchema }),
	status: 204,
	errors: [],
});

export const getStorageUse = defineOperation({
	id: 'getStorageUse',
	method: 'get',
	path: '/internal/users/{id}/storage-use',
	service: 'files',
	access: ['billing'],
	summary: 'Sum up the files and bytes that a user has stored or may still upload.',
	params: z.object({ id: userIdSchema }),
	status: 200,
	response: enveloped(
		z.object({
			stored_bytes: z.int(),
			stored_files: z.int().optional().meta({ description: 'files and unfinished uploads' }),
			max_stored_bytes: z
				.int()
				.optional()
				.meta({ description: 'less than the plan allows while the email is not verified' }),
		}),
	),
	errors: [],
});
