import { requireTestVariable } from '@creatorr/testing/environment';
import { until } from '@creatorr/testing/until';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import { type Cuttable, cuttable } from './support/cuttable.ts';
import { type FilesService, newUser, startFiles } from './support/files-service.ts';
import { uploadReady } from './support/uploads.ts';

let way: Cuttable;
let service: FilesService;
const user = newUser();

beforeAll(async () => {
	way = await cuttable(requireTestVariable('TEST_POSTGRES_ADMIN_URL'));
	service = await startFiles({}, { databaseThrough: new URL(way.url).port });
});
afterEach(() => way.mend());
afterAll(async () => {
	await service.stop();
	await way.close();
});

test('while the database is away every answer is upstream_unavailable, and all is there afterwards', async () => {
	const { file_id } = await uploadReady(service, user);
	way.cut();
	const mine = service.as(user);
	const answers = [
		await mine.get(file_id),
		await mine.list(),
		await mine.delete(file_id),
		await mine.create({ name: 'a', mime_type: 'a/b', size_bytes: 1 }),
	];
	expect(answers.map((answer) => answer.body.error?.code)).toEqual(Array(4).fill('upstream_unavailable'));
	way.mend();
	await until(async () => expect((await mine.get(file_id)).status).toBe(200));
});

test('while the database is away the service is alive and not ready', async () => {
	way.cut();
	expect((await request(service.app).get('/health/live')).status).toBe(200);
	const answer = await request(service.app).get('/health/ready');
	expect(answer.status).toBe(503);
	expect(answer.body.error.details).toContainEqual(expect.objectContaining({ path: 'postgres' }));
});
