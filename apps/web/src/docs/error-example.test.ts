import { expect, test } from '@jest/globals';
import { errorExample } from './error-example.ts';

const description = {
	code: 'internal',
	title: 'A bug',
	cause: 'A bug.',
	fix: 'Try again.',
	retryable: true,
	docs_url: 'https://creatorr.example/docs/errors/internal',
};

test('shows the body of a request that fails', () => {
	expect(JSON.parse(errorExample({ ...description, kind: 'api', status: 500 }))).toEqual({
		error: {
			code: 'internal',
			message: 'A bug.',
			request_id: 'req_…',
			retryable: true,
			docs_url: description.docs_url,
		},
	});
});

test('shows a failed job', () => {
	expect(JSON.parse(errorExample({ ...description, kind: 'job' }))).toEqual({
		data: {
			id: 'job_…',
			status: 'failed',
			error_code: 'internal',
			error_message: 'A bug.',
			error_retryable: true,
			error_docs_url: description.docs_url,
		},
	});
});

test('shows details only for invalid fields', () => {
	const { error } = JSON.parse(errorExample({ ...description, code: 'validation', kind: 'api' }));
	expect(error).toMatchObject({ details: [{ path: 'params.quality' }], details_total: 1 });
});
