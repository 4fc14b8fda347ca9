import { newId } from '@creatorr/contracts/ids';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
import { declare, put, upload, uploadReady } from '../testing/uploads.ts';

let service: FilesService;
const user = newUser();

beforeAll(async () => {
	service = await startFiles();
});
afterAll(() => service.stop());

const check = (id: string, userId: string = user.id) =>
	service.jobs(`inputs/${id}/check`, { user_id: userId });
const open = (id: string, userId: string = user.id) =>
	service.worker(`inputs/${id}/open`, { user_id: userId });

test('checking an input returns its name, type and size as soon as its bytes are there', async () => {
	const { file_id } = await upload(service, user, 'the bytes');
	const response = await check(file_id);
	expect(response.status).toBe(200);
	expect(response.body).toEqual({ data: { name: 'input.pdf', mime_type: 'application/pdf', size_bytes: 9 } });
});

test('opening an input returns a URL of its bytes and its ETag', async () => {
	const { file_id } = await upload(service, user, 'the bytes');
	const response = await open(file_id);
	expect(response.status).toBe(200);
	const { download_url, etag, ...rest } = response.body.data;
	expect(rest).toEqual({ name: 'input.pdf', mime_type: 'application/pdf', size_bytes: 9 });
	const bytes = await fetch(download_url, { headers: { 'If-Match': etag } });
	expect(await bytes.text()).toBe('the bytes');
	expect(bytes.headers.get('etag')).toBe(etag);
});

test('an opened input cannot be read once it was overwritten', async () => {
	const { file_id, upload_url, headers } = await upload(service, user, 'the bytes');
	const { download_url, etag } = (await open(file_id)).body.data;
	expect(await put(upload_url, 'other one', headers)).toBe(200);
	const bytes = await fetch(download_url, { headers: { 'If-Match': etag } });
	await bytes.arrayBuffer();
	expect(bytes.status).toBe(412);
});

describe.each([
	['checking', check],
	['opening', open],
])('%s an input', (_, ask) => {
	test('without its bytes is file_not_uploaded', async () => {
		const { file_id } = await declare(service, user, { size_bytes: 5 });
		const { status, body } = await ask(file_id);
		expect([status, body.error.code]).toEqual([409, 'file_not_uploaded']);
	});

	test('of another user, or absent, is not found', async () => {
		const { file_id } = await uploadReady(service, user);
		expect((await ask(file_id, newUser().id)).body.error.code).toBe('not_found');
		expect((await ask(newId('fil'))).body.error.code).toBe('not_found');
	});

	test('that was deleted is not found', async () => {
		const { file_id } = await uploadReady(service, user);
		await service.as(user).delete(file_id);
		expect((await ask(file_id)).body.error.code).toBe('not_found');
	});

	test('that was overwritten is not found', async () => {
		const { file_id, upload_url, headers } = await uploadReady(service, user, 'the bytes');
		await put(upload_url, 'other one', headers);
		expect((await ask(file_id)).body.error.code).toBe('not_found');
	});

	test('that is an unpublished output is not found', async () => {
		const output = { job_id: newId('job'), user_id: user.id, name: 'a', mime_type: 'a/b', size_bytes: 1 };
		const { file_id } = (await service.worker('outputs', output)).body.data;
		expect((await ask(file_id)).body.error.code).toBe('not_found');
	});
});

test('only jobs may check and only workers may open', async () => {
	const { file_id } = await uploadReady(service, user);
	const body = { user_id: user.id };
	expect((await service.worker(`inputs/${file_id}/check`, body)).status).toBe(401);
	expect((await service.jobs(`inputs/${file_id}/open`, body)).status).toBe(401);
});
