import { expect, test } from '@jest/globals';
import { runFuzz } from '../fuzz/run-fuzz.ts';

/** Always the same, so that a failure is the change's; `npm run fuzz` takes another each time, and many more requests. */
const SEED = Number(process.env.FUZZ_SEED ?? 20_000);
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 250);

test('whatever is sent to whatever route, the answer is one of the document', async () => {
	const { failure, sent, tally } = await runFuzz({ seed: SEED, requests: REQUESTS, lanes: 2 });
	expect(failure).toBeUndefined();
	expect(sent).toBeGreaterThanOrEqual(REQUESTS);
	const statuses = new Set([...tally.values()].flatMap((counts) => [...counts.keys()]));
	for (const status of [200, 201, 204, 400, 401, 404, 405]) expect(statuses).toContain(status);
}, 400_000);
