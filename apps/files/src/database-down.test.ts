import { requireTestVariable } from '@creatorr/testing/environment';
import { startTcpProxy, type TcpProxy } from '@creatorr/testing/tcp-proxy';
import { waitFor } from '@creatorr/testing/wait-for';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import request from 'supertest';
import { type FilesService, newUser, startFiles } from './testing/files-service.ts';
import { uploadReady } from './testing/uploads.ts';

let proxy: TcpProxy;
let service: FilesService;
const user = newUser();

beforeAll(async () => {
	proxy = await startTcpProxy(requireTestVariable('TEST_POSTGRES_ADMIN_URL'));
	service = await startFiles({}, { databaseThrough: new URL(proxy.url).port });
});
afterEach(() => proxy.restore());
afterAll(async () => {
	await service.stop();
	await proxy.close();
});

test('while the database is down every request is upstream_unavailable; afterwards the files are there', async () => {
	const { file_id } = await uploadReady(service, user);
	proxy.cut();
	const mine = service.as(user);
	const responses = [
		await mine.get(file_id),
		await mine.list(),
		await mine.delete(file_id),
		await mine.create({ name: 'a', mime_type: 'a/b', size_bytes: 1 }),
	];
	expect(responses.map((response) => response.body.error?.code)).toEqual(
		Array(4).fill('upstream_unavailable'),
	);
	proxy.restore();
	await waitFor(async () => expect((await mine.get(file_id)).status).toBe(200));
});

test('while the database is down the service is alive and not ready', async () => {
	proxy.cut();
	expect((await request(service.url).get('/health/live')).status).toBe(200);
	const response = await request(service.url).get('/health/ready');
	expect(response.status).toBe(503);
	expect(response.body.error.details).toContainEqual(expect.objectContaining({ path: 'postgres' }));
});
