import { beforeAll, describe, expect, test } from '@jest/globals';
import { call, newPerson, nobodysId, type Person } from '../driver/client.ts';
import { startJob, uploadFile } from '../driver/flow.ts';
import { makePdf } from '../driver/pdf.ts';

const PDF = makePdf();

let person: Person;
let stranger: Person;
let input: string;

beforeAll(async () => {
	[person, stranger] = await Promise.all([newPerson(), newPerson()]);
	input = await uploadFile(person.token, PDF, { name: 'scan.pdf' });
});

const create = (body: object, headers: Record<string, string> = {}) =>
	call('POST', '/v1/jobs', { token: person.token, body, headers });

describe('POST /v1/jobs', () => {
	test('success: answers 201 queued, with the params complete', async () => {
		const response = await create({ tool: 'compress_heavy', input_file_id: input });
		expect(response.status).toBe(201);
		expect(response.body.data).toMatchObject({
			tool: 'compress_heavy',
			status: 'queued',
			progress: 0,
			input_file_id: input,
		});
		expect(response.body.data.params.quality).toBe(70);
	});

	test.each([
		['no tool', { input_file_id: nobodysId('fil') }, 'tool'],
		['no input', { tool: 'ocr' }, 'input_file_id'],
		['an input that is no id', { tool: 'ocr', input_file_id: 'x' }, 'input_file_id'],
		['params that are a list', { tool: 'ocr', input_file_id: nobodysId('fil'), params: [] }, 'params'],
	])('bad input: %s is a validation error', async (_, body, path) => {
		const response = await create(body);
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		expect(response.body.error.details[0].path).toBe(path);
	});

	test('bad input: a wrong param is named', async () => {
		const response = await create({ tool: 'compress_heavy', input_file_id: input, params: { quality: 101 } });
		expect([response.status, response.body.error.details[0].path]).toEqual([400, 'params.quality']);
	});

	test('bad input: an unknown param is named and what is accepted is listed', async () => {
		const response = await create({ tool: 'compress_heavy', input_file_id: input, params: { qualty: 70 } });
		expect([response.status, response.body.error.details[0].path]).toEqual([400, 'params.qualty']);
		expect(response.body.error.details[0].message).toContain('quality');
	});

	test.each(['__proto__', 'constructor'])('bad input: the param %s is unknown', async (name) => {
		const raw = `{"tool":"compress_heavy","input_file_id":"${input}","params":{"${name}":1}}`;
		const response = await call('POST', '/v1/jobs', {
			token: person.token,
			raw,
			headers: { 'content-type': 'application/json' },
		});
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
	});

	test('an unknown tool is unknown_tool', async () => {
		const response = await create({ tool: 'frobnicate', input_file_id: input });
		expect([response.status, response.body.error.code]).toEqual([400, 'unknown_tool']);
	});

	test('a file whose bytes are not there yet is file_not_uploaded', async () => {
		const declared = await call('POST', '/v1/files', {
			token: person.token,
			body: { name: 'a.pdf', mime_type: 'application/pdf', size_bytes: 10 },
		});
		const response = await create({ tool: 'ocr', input_file_id: declared.body.data.file_id });
		expect([response.status, response.body.error.code]).toEqual([409, 'file_not_uploaded']);
	});

	test('no token: is refused', async () => {
		expect((await call('POST', '/v1/jobs', { body: {} })).status).toBe(401);
	});

	test("somebody else's file is not found", async () => {
		const theirs = await uploadFile(stranger.token, PDF);
		const response = await create({ tool: 'compress_heavy', input_file_id: theirs });
		expect([response.status, response.body.error.code]).toEqual([404, 'not_found']);
	});
});

describe('Idempotency-Key', () => {
	const body = () => ({ tool: 'compress_heavy', input_file_id: input, params: { quality: 50 } });
	const newKey = () => `key-${Math.random()}`;

	test('the same key and request give the first answer again', async () => {
		const headers = { 'idempotency-key': newKey() };
		const first = await create(body(), headers);
		const again = await create(
			{ params: { quality: 50 }, input_file_id: input, tool: 'compress_heavy' },
			headers,
		);
		expect(first.headers.get('idempotency-replayed')).toBeNull();
		expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
		expect(again.body).toEqual(first.body);
	});

	test('twenty concurrent requests create one job', async () => {
		const headers = { 'idempotency-key': newKey() };
		const responses = await Promise.all(Array.from({ length: 20 }, () => create(body(), headers)));
		expect(new Set(responses.map((response) => response.status))).toEqual(new Set([201]));
		expect(new Set(responses.map((response) => response.body.data.id)).size).toBe(1);
		expect(responses.filter((response) => !response.headers.has('idempotency-replayed'))).toHaveLength(1);
	});

	test('the same key with another request is a conflict', async () => {
		const headers = { 'idempotency-key': newKey() };
		await create(body(), headers);
		for (const other of [
			{ ...body(), params: { quality: 51 } },
			{ ...body(), params: {} },
			{ tool: 'nonsense' },
		]) {
			const response = await create(other, headers);
			expect([response.status, response.body.error.code]).toEqual([422, 'idempotency_conflict']);
		}
	});

	test('missing params equal empty ones', async () => {
		const headers = { 'idempotency-key': newKey() };
		const first = await create({ tool: 'compress_heavy', input_file_id: input }, headers);
		const again = await create({ tool: 'compress_heavy', input_file_id: input, params: {} }, headers);
		expect(again.body.data.id).toBe(first.body.data.id);
	});

	test('a refusal leaves the key free', async () => {
		const headers = { 'idempotency-key': newKey() };
		expect((await create({ ...body(), input_file_id: nobodysId('fil') }, headers)).status).toBe(404);
		expect((await create(body(), headers)).status).toBe(201);
	});

	test('a replay answers after the input was deleted', async () => {
		const headers = { 'idempotency-key': newKey() };
		const file = await uploadFile(person.token, PDF);
		const request = { tool: 'compress_heavy', input_file_id: file };
		const first = await create(request, headers);
		await call('DELETE', `/v1/files/${file}`, { token: person.token });
		expect((await create(request, headers)).body).toEqual(first.body);
	});

	test("a key is its user's own", async () => {
		const key = newKey();
		const mine = await create(body(), { 'idempotency-key': key });
		const file = await uploadFile(stranger.token, PDF);
		const theirs = await startJob(stranger.token, file, { key });
		expect(theirs).not.toBe(mine.body.data.id);
	});

	test.each(['a'.repeat(256), 'tab\there'])('bad input: the key %p is a validation error', async (key) => {
		const response = await create(body(), { 'idempotency-key': key });
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
	});
});
