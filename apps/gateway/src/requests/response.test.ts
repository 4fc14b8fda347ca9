import { unavailable } from '@creatorr/contracts/errors';
import { expect, test } from '@jest/globals';
import { reasonOf } from './response.ts';

test('reasonOf returns every cause, and not the public message', () => {
	const refused = new Error('connect ECONNREFUSED 127.0.0.1:1');
	const error = unavailable('jobs', new Error('fetch failed', { cause: refused }));
	expect(reasonOf(error)).toBe('fetch failed: connect ECONNREFUSED 127.0.0.1:1');
});

test('reasonOf returns the message of an error without a cause', () => {
	expect(reasonOf(unavailable('The database'))).toMatch(/^The database is temporarily unavailable/);
});
