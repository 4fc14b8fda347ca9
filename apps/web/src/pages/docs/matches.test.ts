import { expect, test } from '@jest/globals';
import { matches } from './matches.ts';

const operation = {
	id: 'createJob',
	title: 'Create a job',
	description: 'Enqueue a tool against an uploaded file.',
	method: 'POST',
	path: '/v1/jobs',
	needsToken: true,
	parameters: [],
	answer: { status: 201 },
	errors: [],
};

test.each(['create', 'JOB', 'post /v1/jobs', 'createjob', 'enqueue  tool'])('finds %s', (query) => {
	expect(matches(operation, query)).toBe(true);
});

test('does not find what has one of the words alone', () => {
	expect(matches(operation, 'create file_list')).toBe(false);
});
