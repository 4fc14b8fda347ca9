import { expect, test } from '@jest/globals';
import { matchesQuery } from './use-section-search.ts';

const text = 'Create a job POST/v1/jobs Queues a job that runs a tool on an uploaded file. Idempotency-Key';

test.each(['create', 'JOB', 'post /v1/jobs', 'queues  tool', 'idempotency'])('finds %s', (query) => {
	expect(matchesQuery(text, query)).toBe(true);
});

test('does not match a text with only one of the words', () => {
	expect(matchesQuery(text, 'create file_list')).toBe(false);
});
