import { newId } from '@creatorr/contracts/ids';
import { JOB_LIMITS } from '@creatorr/contracts/jobs';
import { expect, test } from '@jest/globals';
import { type JobRow, toJob } from './job.sql.ts';

const row: JobRow = {
	id: newId('job'),
	tool: 'ocr',
	status: 'succeeded',
	progress: 100,
	progressDetail: null,
	inputFileId: newId('fil'),
	params: {},
	createdAt: new Date(0),
	startedAt: new Date(1),
	finishedAt: new Date(2),
	outputFileId: newId('fil'),
	errorCode: null,
	errorMessage: null,
	result: { bytes_in: 1, bytes_out: 1, duration_ms: 1, warnings: [] },
};

test('truncates a result and a message that release 0.3.0 stored without a limit', () => {
	const warnings = Array.from({ length: 5_000 }, (_, index) => `font_substituted: ${index}`);
	const { result } = toJob({ ...row, result: { bytes_in: 1, bytes_out: 1, duration_ms: 1, warnings } });
	expect(result?.warnings).toHaveLength(JOB_LIMITS.warnings);
	expect(result?.warnings.at(-1)).toBe('more_warnings: 4951 more warnings.');
	const { error_message: message } = toJob({
		...row,
		errorCode: 'timeout',
		errorMessage: 'x'.repeat(10_000),
	});
	expect(message).toHaveLength(JOB_LIMITS.errorMessageLength);
});

test('describes the error of a failed job', () => {
	const failed: JobRow = { ...row, status: 'failed', result: null };
	expect(toJob({ ...failed, errorCode: 'worker_lost', errorMessage: 'Try again.' })).toMatchObject({
		error_code: 'worker_lost',
		error_message: 'Try again.',
		error_retryable: true,
		error_docs_url: expect.stringMatching(/\/docs\/errors\/worker_lost$/),
	});
	expect(toJob({ ...failed, errorCode: 'timeout', errorMessage: null })).toMatchObject({
		error_retryable: false,
	});
	expect(toJob(row)).not.toHaveProperty('error_docs_url');
});

test('leaves a row of the usual size as it is', () => {
	expect(toJob(row).result).toEqual(row.result);
});
