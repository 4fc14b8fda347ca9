import { unavailable } from '@creatorr/contracts/errors';
import { expect, test } from '@jest/globals';
import { reasonOf } from './answer.ts';

test('a reason names every cause, and not what the client is told', () => {
	const refused = new Error('connect ECONNREFUSED 127.0.0.1:1');
	const error = unavailable('jobs', new Error('fetch failed', { cause: refused }));
	expect(reasonOf(error)).toBe('fetch failed: connect ECONNREFUSED 127.0.0.1:1');
});
