import { expect, test } from '@jest/globals';
import { runFuzz } from '../fuzz/run-fuzz.ts';

/** Fixed, so that only a change of the code can cause a failure. `npm run fuzz` takes a random seed and many more requests. */
const SEED = Number(process.env.FUZZ_SEED ?? 20_000);
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 250);

test('responses to generated requests match the OpenAPI document', async () => {
	const { failure, sent, tally } = await runFuzz({ seed: SEED, requests: REQUESTS, lanes: 2 });
	expect(failure).toBeUndefined();
	expect(sent).toBeGreaterThanOrEqual(REQUESTS);
	const statuses = new Set([...tally.values()].flatMap((counts) => [...counts.keys()]));
	for (const status of [200, 201, 204, 400, 401, 404, 405]) expect(statuses).toContain(status);
}, 400_000);
