import { beforeAll, describe, expect, test } from '@jest/globals';
import { call, newPerson, nobodysId, type Person } from '../driver/client.ts';
import { downloadFile, uploadFile } from '../driver/flow.ts';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const BYTES = Buffer.from('some bytes of a file');

let person: Person;
let stranger: Person;
let strangersFile: string;

beforeAll(async () => {
	[person, stranger] = await Promise.all([newPerson(), newPerson()]);
	strangersFile = await uploadFile(stranger.token, BYTES);
});

const declare = (body: object, token = person.token) => call('POST', '/v1/files', { token, body });
const aFile = { name: 'input.pdf', mime_type: 'application/pdf', size_bytes: BYTES.length };

function put(
	url: string,
	bytes: Uint8Array<ArrayBuffer>,
	headers: Record<string, string> = { 'Content-Type': 'application/pdf' },
) {
	return fetch(url, { method: 'PUT', headers, body: bytes });
}

describe('POST /v1/files', () => {
	test('success: answers 201 with a URL that takes exactly the declared bytes', async () => {
		const response = await declare(aFile);
		expect(response.status).toBe(201);
		const { data } = response.body;
		expect(data).toMatchObject({ method: 'PUT', headers: { 'Content-Type': 'application/pdf' } });
		expect(data).not.toHaveProperty('multipart');
		const lifetimeMs = Date.parse(data.expires_at) - Date.now();
		expect(Math.abs(lifetimeMs - 3_600_000)).toBeLessThan(60_000);
		expect(response.headers.get('cache-control')).toBe('no-store');
		expect((await put(data.upload_url, BYTES)).status).toBe(200);
	});

	test('the URL refuses other lengths, other types and other keys', async () => {
		const { upload_url } = (await declare(aFile)).body.data;
		expect((await put(upload_url, Buffer.from('short'))).status).toBe(403);
		expect((await put(upload_url, Buffer.concat([BYTES, BYTES]))).status).toBe(403);
		expect((await put(upload_url, BYTES, { 'Content-Type': 'text/html' })).status).toBe(403);
		const other = new URL(upload_url);
		other.pathname = `${other.pathname.slice(0, -1)}${other.pathname.endsWith('0') ? '1' : '0'}`;
		expect((await put(other.href, BYTES)).status).toBe(403);
		const unsigned = new URL(upload_url);
		unsigned.search = '';
		expect((await put(unsigned.href, BYTES)).status).toBe(403);
		expect((await fetch(unsigned.href)).status).toBe(403);
	});

	test.each([
		['an empty name', { ...aFile, name: '' }, 'name'],
		['a name of 256 characters', { ...aFile, name: 'a'.repeat(256) }, 'name'],
		['no name', { mime_type: 'a/b', size_bytes: 1 }, 'name'],
		['NUL in the name', { ...aFile, name: 'a\0' }, 'body'],
		['a size of 0', { ...aFile, size_bytes: 0 }, 'size_bytes'],
		['a negative size', { ...aFile, size_bytes: -1 }, 'size_bytes'],
		['half a byte', { ...aFile, size_bytes: 1.5 }, 'size_bytes'],
		['a size in text', { ...aFile, size_bytes: '5' }, 'size_bytes'],
		['an invalid type', { ...aFile, mime_type: 'pdf' }, 'mime_type'],
		['a type with a line break', { ...aFile, mime_type: 'a/b\r\nx: y' }, 'mime_type'],
		['multipart below 5 MiB', { ...aFile, size_bytes: 5 * MIB - 1, multipart: true }, 'multipart'],
	])('bad input: %s is a validation error that names the field', async (_, body, path) => {
		const response = await declare(body);
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		expect(response.body.error.details[0].path).toBe(path);
	});

	test('10 GiB are accepted, one byte more is too_large', async () => {
		expect((await declare({ ...aFile, size_bytes: 10 * GIB })).status).toBe(201);
		for (const size_bytes of [10 * GIB + 1, 2 ** 60, 1e300]) {
			const response = await declare({ ...aFile, size_bytes });
			expect([response.status, response.body.error.code]).toEqual([413, 'too_large']);
		}
	});

	test('a file above the limit of one PUT is uploaded in parts that add up', async () => {
		const { data } = (await declare({ ...aFile, size_bytes: 6_000_000_000 })).body;
		expect(data.upload_url).toBeNull();
		const sizes = data.multipart.parts.map((part: { size: number }) => part.size);
		expect(sizes.reduce((sum: number, size: number) => sum + size, 0)).toBe(6_000_000_000);
		expect(data.multipart.parts.map((part: { part_number: number }) => part.part_number)).toEqual(
			sizes.map((_: number, i: number) => i + 1),
		);
	});

	test('no token: is refused', async () => {
		expect((await call('POST', '/v1/files', { body: aFile })).status).toBe(401);
	});
});

describe('GET /v1/files/{id}', () => {
	test('success: is pending, without a URL, until the bytes are there', async () => {
		const { file_id, upload_url } = (await declare(aFile)).body.data;
		const before = (await call('GET', `/v1/files/${file_id}`, { token: person.token })).body.data;
		expect(before).toMatchObject({
			id: file_id,
			status: 'pending',
			download_url: null,
			...aFile,
			storage_tier: 'ephemeral',
		});
		await put(upload_url, BYTES);
		const after = (await call('GET', `/v1/files/${file_id}`, { token: person.token })).body.data;
		expect(after.status).toBe('ready');
		const bytes = Buffer.from(await (await fetch(after.download_url)).arrayBuffer());
		expect(bytes.equals(BYTES)).toBe(true);
		expect(Date.parse(after.expires_at) - Date.parse(after.created_at)).toBe(24 * 3_600_000);
	});

	test.each([
		'report.pdf',
		'Übergröße – 日本語 😀.pdf',
		'a"b;c.pdf',
		'../../etc/passwd',
		"it's 100%.pdf",
		'line\nbreak.pdf',
		'-rf',
	])('a download is an attachment under the name %p', async (name) => {
		const id = await uploadFile(person.token, BYTES, { name });
		const { download_url } = (await call('GET', `/v1/files/${id}`, { token: person.token })).body.data;
		const disposition = (await fetch(download_url)).headers.get('content-disposition') ?? '';
		expect(disposition).toMatch(/^attachment/);
		const extended = /filename\*=UTF-8''([^;]+)/.exec(disposition)?.[1];
		const plain = /filename="((?:[^"\\]|\\.)*)"|filename=([^;"]+)/.exec(disposition);
		const given = extended
			? decodeURIComponent(extended)
			: (plain?.[1] ?? plain?.[2] ?? '').replaceAll(/\\(.)/g, '$1');
		expect([name, name.split('/').pop()]).toContain(given);
	});

	test('bytes that were overwritten after they were fixed are not served', async () => {
		const { file_id, upload_url } = (await declare(aFile)).body.data;
		await put(upload_url, BYTES);
		expect((await call('GET', `/v1/files/${file_id}`, { token: person.token })).body.data.status).toBe(
			'ready',
		);
		const others = Buffer.from(BYTES).fill('x');
		await put(upload_url, others);
		expect((await call('GET', `/v1/files/${file_id}`, { token: person.token })).status).toBe(404);
	});

	test('no token: is refused', async () => {
		expect((await call('GET', `/v1/files/${strangersFile}`)).status).toBe(401);
	});

	test("not yours: another user's file gets the response of a missing one", async () => {
		const theirs = await call('GET', `/v1/files/${strangersFile}`, { token: person.token });
		const nobodys = await call('GET', `/v1/files/${nobodysId('fil')}`, { token: person.token });
		const summaryOf = ({ status, body }: typeof theirs) => [status, body.error.code, body.error.message];
		expect(summaryOf(theirs)).toEqual(summaryOf(nobodys));
		expect(theirs.status).toBe(404);
	});

	test.each(['x', nobodysId('job'), 'fil_', "fil_' OR 1=1"])('bad input: %s is not found', async (id) => {
		expect((await call('GET', `/v1/files/${encodeURIComponent(id)}`, { token: person.token })).status).toBe(
			404,
		);
	});
});

describe('GET /v1/files', () => {
	test('success: lists own files, newest first, page by page, without URLs', async () => {
		const someone = await newPerson();
		const ids: string[] = [];
		for (let i = 0; i < 5; i += 1) ids.unshift(await uploadFile(someone.token, BYTES, { name: `${i}.pdf` }));
		const seen: string[] = [];
		let cursor: string | null = '';
		while (cursor !== null) {
			const query: string = cursor ? `&cursor=${cursor}` : '';
			const page = await call('GET', `/v1/files?limit=2${query}`, { token: someone.token });
			expect(page.status).toBe(200);
			for (const row of page.body.data) {
				expect(row).not.toHaveProperty('download_url');
				expect(row.status).toBe('ready');
				seen.push(row.id);
			}
			cursor = page.body.next_cursor;
		}
		expect(seen).toEqual(ids);
	});

	test.each(['limit=0', 'limit=101', 'limit=x', 'limit=', 'cursor=x', 'cursor=%00', 'limit=1&limit=2'])(
		'bad input: ?%s is a validation error',
		async (query) => {
			const response = await call('GET', `/v1/files?${query}`, { token: person.token });
			expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		},
	);

	test('no token: is refused', async () => {
		expect((await call('GET', '/v1/files')).status).toBe(401);
	});
});

describe('DELETE /v1/files/{id}', () => {
	test('success: is missing from every route at once, and not found a second time', async () => {
		const id = await uploadFile(person.token, BYTES);
		const response = await call('DELETE', `/v1/files/${id}`, { token: person.token });
		expect([response.status, response.text]).toEqual([204, '']);
		expect((await call('GET', `/v1/files/${id}`, { token: person.token })).status).toBe(404);
		const { data } = (await call('GET', '/v1/files?limit=100', { token: person.token })).body;
		expect(data.map((row: { id: string }) => row.id)).not.toContain(id);
		expect((await call('DELETE', `/v1/files/${id}`, { token: person.token })).status).toBe(404);
		const job = await call('POST', '/v1/jobs', {
			token: person.token,
			body: { tool: 'ocr', input_file_id: id },
		});
		expect(job.status).toBe(404);
	});

	test('no token: is refused', async () => {
		expect((await call('DELETE', `/v1/files/${strangersFile}`)).status).toBe(401);
	});

	test("not yours: somebody else's file is not found and stays", async () => {
		expect((await call('DELETE', `/v1/files/${strangersFile}`, { token: person.token })).status).toBe(404);
		expect((await call('GET', `/v1/files/${strangersFile}`, { token: stranger.token })).status).toBe(200);
	});

	test('bad input: a malformed id is not found', async () => {
		expect((await call('DELETE', '/v1/files/x', { token: person.token })).status).toBe(404);
	});
});

const LARGE = 12 * MIB;

async function startMultipart(token = person.token) {
	const response = await declare({ ...aFile, size_bytes: LARGE, multipart: true }, token);
	expect(response.status).toBe(201);
	const { file_id, multipart } = response.body.data;
	return { id: file_id as string, parts: multipart.parts as Part[] };
}

interface Part {
	part_number: number;
	upload_url: string;
	size: number;
}

async function putPart(part: Part) {
	const response = await fetch(part.upload_url, {
		method: 'PUT',
		body: new Uint8Array(part.size).fill(part.part_number),
	});
	expect(response.status).toBe(200);
	return { part_number: part.part_number, etag: response.headers.get('etag') ?? '' };
}

const complete = (id: string, parts: unknown, token: string | undefined = person.token) =>
	call('POST', `/v1/files/${id}/complete`, { token, body: { parts } });

describe('POST /v1/files/{id}/complete', () => {
	test('success: joins the parts, and returns the same response when repeated', async () => {
		const { id, parts } = await startMultipart();
		const stored = await Promise.all(parts.map(putPart));
		const [first, second] = [await complete(id, stored), await complete(id, stored)];
		expect([first.status, second.status]).toEqual([200, 200]);
		expect(first.body.data).toMatchObject({ id, status: 'ready', size_bytes: LARGE });
		const same = ({ download_url: _, ...rest }: Record<string, unknown>) => rest;
		expect(same(second.body.data)).toEqual(same(first.body.data));
		expect((await downloadFile(person.token, id)).length).toBe(LARGE);
	});

	test('bad input: wrong parts are a validation error and lose nothing', async () => {
		const { id, parts } = await startMultipart();
		const stored = await Promise.all(parts.map(putPart));
		for (const wrong of [
			[],
			'x',
			[{ part_number: 1 }],
			stored.slice(1),
			stored.map((part) => ({ ...part, etag: '"0123"' })),
		]) {
			const response = await complete(id, wrong);
			expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
		}
		expect((await complete(id, stored)).status).toBe(200);
	});

	test('no token: is refused', async () => {
		expect((await call('POST', `/v1/files/${strangersFile}/complete`, { body: { parts: [] } })).status).toBe(
			401,
		);
	});

	test("not yours: somebody else's upload is not found", async () => {
		const theirs = await startMultipart(stranger.token);
		expect((await complete(theirs.id, [{ part_number: 1, etag: '"x"' }])).status).toBe(404);
	});
});

describe('GET /v1/files/{id}/parts', () => {
	const list = (id: string, token: string | undefined = person.token) =>
		call('GET', `/v1/files/${id}/parts`, { token });

	test('success: an interrupted upload continues with the missing parts', async () => {
		const { id, parts } = await startMultipart();
		const stored = [await putPart(parts[0] as Part)];
		const response = await list(id);
		expect(response.status).toBe(200);
		const [there, ...missing] = response.body.data.parts;
		expect(there).toMatchObject({ part_number: 1, etag: stored[0]?.etag });
		expect(there).not.toHaveProperty('upload_url');
		expect(missing).toHaveLength(parts.length - 1);
		for (const part of missing) stored.push(await putPart(part));
		expect((await complete(id, stored)).status).toBe(200);
	});

	test('bad input: a file that is not uploaded in parts has none', async () => {
		const id = await uploadFile(person.token, BYTES);
		const response = await list(id);
		expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
	});

	test('no token: is refused', async () => {
		expect((await call('GET', `/v1/files/${strangersFile}/parts`)).status).toBe(401);
	});

	test("not yours: somebody else's upload is not found", async () => {
		expect((await list((await startMultipart(stranger.token)).id)).status).toBe(404);
	});
});

test('a deleted account takes its files with it', async () => {
	const someone = await newPerson();
	const id = await uploadFile(someone.token, BYTES);
	const { download_url } = (await call('GET', `/v1/files/${id}`, { token: someone.token })).body.data;
	await call('DELETE', '/v1/me', { token: someone.token, body: { password: 'correct horse battery' } });
	const end = Date.now() + 60_000;
	let status = 200;
	while (status === 200 && Date.now() < end) {
		await new Promise((resolve) => setTimeout(resolve, 250));
		status = (await fetch(download_url)).status;
	}
	expect(status).toBe(404);
});
