import { expect, test } from '@jest/globals';
import { matches } from './matches.ts';

const text = 'Create a job POST/v1/jobs Enqueue a tool against an uploaded file. Idempotency-Key';

test.each(['create', 'JOB', 'post /v1/jobs', 'enqueue  tool', 'idempotency'])('finds %s', (query) => {
	expect(matches(text, query)).toBe(true);
});

test('does not find a text that has one of the words alone', () => {
	expect(matches(text, 'create file_list')).toBe(false);
});
