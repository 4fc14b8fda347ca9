import { expect, test } from '@jest/globals';
import { BASE_URL, call, newPerson, SECOND_BASE_URL } from './support/client.ts';

const CONNECTIONS = 8;
const REQUESTS_PER_CONNECTION = 4;
/** 1 MB of 340,000 nodes: what counts is the work of parsing, not the bytes. */
const MANY_NODES = `{"x":[${'[],'.repeat(339_999)}[]]}`;

/** Signs in with a body that is expensive to parse; resolves to the status, 0 where the connection was ended first. */
async function attack(base: string): Promise<number> {
	try {
		const answer = await fetch(`${base}/v1/auth/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: MANY_NODES,
		});
		await answer.arrayBuffer();
		return answer.status;
	} catch {
		return 0;
	}
}

test('a signed-in user is not refused while strangers send bodies that are expensive to parse', async () => {
	const victim = await newPerson();
	let isOver = false;
	const attackers = Array.from({ length: CONNECTIONS }, async (_, index) => {
		const statuses: number[] = [];
		while (statuses.length < REQUESTS_PER_CONNECTION)
			statuses.push(await attack(index % 2 === 0 ? BASE_URL : SECOND_BASE_URL));
		return statuses;
	});
	const attacked = Promise.all(attackers).finally(() => {
		isOver = true;
	});
	const reads: number[] = [];
	do {
		reads.push((await call('GET', '/v1/jobs', { token: victim.token })).status);
	} while (!isOver);
	const refusals = (await attacked).flat();
	expect(new Set(reads)).toEqual(new Set([200]));
	expect(refusals.filter((status) => status !== 0 && (status < 400 || status >= 500))).toEqual([]);
	expect((await call('GET', '/v1/me', { token: victim.token })).status).toBe(200);
});
