import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { succeeded } from '../testing/bus.ts';
import type { User } from '../testing/user.ts';
import { startWorld, type World } from '../testing/world.ts';

let world: World;
let user: User;
let stranger: User;

beforeAll(async () => {
	world = await startWorld();
	user = world.user();
	stranger = world.user();
});

afterAll(async () => {
	await world?.stop();
});

/** Returns a job that has succeeded. */
async function finished(owner: User): Promise<string> {
	const jobId = await owner.enqueue();
	await world.bus.finish(jobId, await world.worker('one').take(jobId), succeeded());
	await waitFor(async () => expect((await owner.job(jobId)).status).toBe('succeeded'));
	return jobId;
}

describe('deleting a job', () => {
	test('returns 204 when the job is terminal, and 404 from then on', async () => {
		const jobId = await finished(user);
		expect((await user.remove(jobId)).status).toBe(204);
		expect((await user.read(jobId)).status).toBe(404);
		expect((await user.remove(jobId)).status).toBe(404);
	});

	test('returns 400 when the job has not ended, and says what to do', async () => {
		const jobId = await user.enqueue();
		const response = await user.remove(jobId);
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		expect(response.body.error.message).toContain('cancel');
		expect((await user.read(jobId)).status).toBe(200);
	});

	test('returns 404 and changes nothing when the job belongs to another user', async () => {
		const jobId = await finished(user);
		expect((await stranger.remove(jobId)).status).toBe(404);
		expect((await user.read(jobId)).status).toBe(200);
	});
});
