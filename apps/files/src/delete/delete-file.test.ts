import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
import { declare, put, uploadReady } from '../testing/uploads.ts';

let service: FilesService;

beforeAll(async () => {
	service = await startFiles();
});
afterAll(() => service.stop());

describe('deleting a file', () => {
	test('answers 204 and then 404', async () => {
		const user = newUser();
		const { file_id } = await uploadReady(service, user);
		const response = await service.as(user).delete(file_id);
		expect([response.status, response.text]).toEqual([204, '']);
		expect((await service.as(user).delete(file_id)).status).toBe(404);
		expect((await service.as(user).get(file_id)).status).toBe(404);
	});

	test('ten times at once deletes once', async () => {
		const user = newUser();
		const { file_id } = await uploadReady(service, user);
		const responses = await Promise.all(Array.from({ length: 10 }, () => service.as(user).delete(file_id)));
		expect(responses.filter((response) => response.status === 204)).toHaveLength(1);
	});

	test('takes a pending one, which no later bytes bring back', async () => {
		const user = newUser();
		const { file_id, upload_url, headers } = await declare(service, user, { size_bytes: 5 });
		expect((await service.as(user).delete(file_id)).status).toBe(204);
		expect(await put(upload_url, 'hello', headers)).toBe(200);
		expect((await service.as(user).get(file_id)).status).toBe(404);
	});
});
