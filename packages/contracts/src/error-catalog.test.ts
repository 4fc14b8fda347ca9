import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
	API_ERRORS,
	describeErrors,
	errorDescriptionSchema,
	errorDocsPath,
	JOB_ERRORS,
} from './error-catalog.ts';
import { errorBodySchema } from './errors.ts';
import { openApiDocument } from './openapi.ts';

const catalog = describeErrors((code) => `https://app.example.com${errorDocsPath(code)}`);

test('the catalog has every code once for its kind', () => {
	const keys = catalog.map(({ kind, code }) => `${kind} ${code}`);
	expect(keys).toEqual([
		...Object.keys(API_ERRORS).map((code) => `api ${code}`),
		...Object.keys(JOB_ERRORS).map((code) => `job ${code}`),
	]);
	expect(z.array(errorDescriptionSchema).parse(catalog)).toEqual(catalog);
});

test.each(catalog)(
	'$kind $code has a heading, and a cause and a fix in sentences',
	({ title, cause, fix }) => {
		expect(title).toMatch(/^[A-Z].{2,38}[^.]$/);
		for (const text of [cause, fix]) expect(text).toMatch(/^[A-Z][^`]{10,300}\.$/);
	},
);

test('only transient failures are retryable', () => {
	const retryable = catalog.filter((error) => error.retryable).map(({ kind, code }) => `${kind} ${code}`);
	expect(retryable).toEqual([
		'api rate_limited',
		'api internal',
		'api upstream_unavailable',
		'job worker_lost',
		'job internal',
	]);
});

describe('an error body', () => {
	const old = { error: { code: 'not_found', message: 'No such file.', request_id: 'req_1' } };

	test('of a service of the previous release is accepted', () => {
		expect(errorBodySchema.parse(old).error).toEqual({ ...old.error, retryable: false, docs_url: '' });
	});

	test('always has retryable and docs_url in the OpenAPI document', () => {
		expect(openApiDocument()).toMatchObject({
			components: {
				schemas: {
					Error: {
						properties: { error: { required: expect.arrayContaining(['retryable', 'docs_url']) } },
					},
				},
			},
		});
	});
});
