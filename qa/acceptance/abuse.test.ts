import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { BASE_URL, call, newPerson, type Person } from '../driver/client.ts';
import { finishJob, startJob, uploadFile } from '../driver/flow.ts';
import { makePdf } from '../driver/pdf.ts';
import { type Attack, startAttack } from '../driver/start-attack.ts';

/** `npm run bench abuse` measures for longer, times and memory too. */
const ATTACKED_MS = 2_500;
/** Faster reads would exceed the user's own rate limit. */
const READ_EVERY_MS = 50;

let victim: Person;
let attack: Attack | undefined;

beforeAll(async () => {
	victim = await newPerson();
});

afterEach(() => {
	attack?.kill();
	attack = undefined;
});

test.each([
	['json-nodes', 'JSON of many nodes at the sign-in', ['413', '400']],
	['unknown-params', 'thousands of unknown params and clients that read no answer', []],
	['pipelined-requests', '1,500 requests in one write on each of eight connections', ['0']],
	['public-reads', 'the list of tools on 64 connections', ['200']],
	['part-urls', 'the URLs of a 10 GiB upload', ['200']],
])('a user is refused nothing during the attack %s: %s', async (name, _, expectedStatuses) => {
	attack = await startAttack(name, BASE_URL);
	const refused: string[] = [];
	const { token } = victim;
	const job = uploadFile(token, makePdf()).then((fileId) => startJob(token, fileId));
	for (const end = Date.now() + ATTACKED_MS; Date.now() < end; ) {
		for (const path of ['/v1/jobs', '/v1/me', '/v1/files']) {
			const { status, text } = await call('GET', path, { token, base: BASE_URL });
			if (status !== 200) refused.push(`GET ${path}: ${status} ${text}`);
			await sleep(READ_EVERY_MS);
		}
	}
	expect((await finishJob(token, await job)).status).toBe('succeeded');
	const responses = await attack.stop();
	expect(refused).toEqual([]);
	for (const status of expectedStatuses) expect(responses[status]).toBeGreaterThan(0);
});
