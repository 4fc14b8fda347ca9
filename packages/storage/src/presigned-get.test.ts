import { PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'content-disposition';
import { describeOnEachServer, testUnless } from './testing/contract-servers.ts';
import { FOR_A_CLIENT, store, TEXT } from './testing/requests.ts';

const KEY = 'get/object';
const BODY = '0123456789';

const NAMES = {
	'a plain name': 'report.pdf',
	'spaces, commas and brackets': 'Annual report, final (2)!.pdf',
	quotes: `she said "no" and 'yes'.pdf`,
	'slashes and backslashes': '..\\../etc/passwd',
	'line breaks': 'a\r\nSet-Cookie: x=1.pdf',
	'what looks like an escape': '100%41+1&2=3#4?.pdf',
	accents: 'résumé.pdf',
	'Chinese characters': '年度报告.pdf',
	emoji: '👩‍👩‍👧 holiday 🏖️.pdf',
	'right-to-left text': 'דוח שנתי.pdf',
	'an empty stem': '.pdf',
	'255 emoji': '🏖'.repeat(255),
};

const STRANGE_HEADERS = {
	'cache-control': 'public, max-age=31536000, immutable',
	'content-disposition': 'inline; filename=page.html',
	'content-encoding': 'gzip',
	'content-language': 'fr',
	expires: 'Thu, 01 Jan 2099 00:00:00 GMT',
};

describeOnEachServer((server, testStore) => {
	const presign = async (fileName?: string) => {
		const attachment =
			fileName === undefined ? {} : { attachment: { fileName, contentType: 'application/pdf' } };
		return (await testStore().storage.presignGet({ ...FOR_A_CLIENT, key: KEY, ...attachment })).url;
	};

	describe('a presigned GET', () => {
		beforeAll(async () => {
			await store(testStore().storage, KEY, BODY);
		});

		test('returns the bytes and their type, without a disposition by default', async () => {
			const response = await fetch(await presign());
			expect(await response.text()).toBe(BODY);
			expect(response.headers.get('content-type')).toBe('text/plain');
			expect(response.headers.get('content-disposition')).toBeNull();
		});

		test.each(Object.entries(NAMES))('has the file’s own name with %s', async (_, name) => {
			const response = await fetch(await presign(name));
			expect(response.status).toBe(200);
			expect(await response.text()).toBe(BODY);
			const disposition = parse(response.headers.get('content-disposition') ?? '');
			expect(disposition.type).toBe('attachment');
			expect(disposition.parameters.filename).toBe(name);
			expect(response.headers.get('content-type')).toBe('application/pdf');
		});

		test('sends no unsigned header of the PUT', async () => {
			const { storage } = testStore();
			const key = 'get/strange-headers';
			const { url } = await storage.presignPut({ ...FOR_A_CLIENT, key, contentType: TEXT, sizeBytes: 10 });
			const sent = await fetch(url, {
				method: 'PUT',
				body: new TextEncoder().encode(BODY),
				headers: { 'content-type': TEXT, ...STRANGE_HEADERS },
			});
			expect(sent.status).toBe(200);
			const attachment = { fileName: 'a.txt', contentType: TEXT };
			for (const asked of [{ attachment }, { audience: 'worker' as const }]) {
				const response = await fetch((await storage.presignGet({ ...FOR_A_CLIENT, key, ...asked })).url);
				expect(await response.text()).toBe(BODY);
				const got = Object.keys(STRANGE_HEADERS).map((name) => [name, response.headers.get(name)]);
				expect(Object.fromEntries(got)).toMatchObject({
					'cache-control': 'private, no-store',
					'content-encoding': 'identity',
					'content-language': 'und',
					expires: 'Thu, 01 Jan 1970 00:00:00 GMT',
					...('attachment' in asked && { 'content-disposition': 'attachment; filename=a.txt' }),
				});
			}
		});

		test.each(['x-amz-meta-note', 'x-amz-website-redirect-location'])(
			'is protected from %s: the PUT is refused, or HEAD reports it',
			async (name) => {
				const { storage } = testStore();
				const key = `get/${name}`;
				const { url } = await storage.presignPut({ ...FOR_A_CLIENT, key, contentType: TEXT, sizeBytes: 10 });
				const sent = await fetch(url, {
					method: 'PUT',
					body: new TextEncoder().encode(BODY),
					headers: { 'content-type': TEXT, [name]: 'https://elsewhere.example/' },
				});
				await sent.arrayBuffer();
				const stored = await storage.headObject(key);
				expect([sent.status, stored?.hasUnsignedHeaders]).toEqual(
					sent.status === 403 ? [403, undefined] : [200, true],
				);
			},
		);

		testUnless(server, 'unsigned-headers').each([
			['x-amz-acl', 'public-read'],
			['x-amz-grant-read', 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'],
			['x-amz-copy-source', `/BUCKET/${KEY}`],
		])('finds no object from a PUT with an unsigned %s', async (name, value) => {
			const key = `get/${name}`;
			const { url } = await testStore().storage.presignPut({
				...FOR_A_CLIENT,
				key,
				contentType: TEXT,
				sizeBytes: 10,
			});
			const sent = await fetch(url, {
				method: 'PUT',
				body: new TextEncoder().encode(BODY),
				headers: { 'content-type': TEXT, [name]: value.replace('BUCKET', testStore().config.bucket) },
			});
			await sent.arrayBuffer();
			expect([sent.status, await testStore().storage.headObject(key)]).toEqual([403, null]);
		});

		test.each([
			['1796037860.123456789', false],
			['https://elsewhere.example/', true],
		])('of an rclone copy with the time %s has unsigned headers: %s', async (mtime, expected) => {
			const { connection, storage } = testStore();
			const Key = 'get/copied';
			const given = { Bucket: connection.bucket, Key, Body: BODY, ContentType: TEXT, Metadata: { mtime } };
			await connection.client.send(new PutObjectCommand(given));
			expect((await storage.headObject(Key))?.hasUnsignedHeaders).toBe(expected);
		});

		test('refuses another name than in the signature', async () => {
			const url = (await presign('report.pdf')).replace('report.pdf', 'report.exe');
			expect((await fetch(url)).status).toBe(403);
		});

		testUnless(server, 'wrong-ranges').each([
			['bytes=2-4', '234', 'bytes 2-4/10'],
			['bytes=7-', '789', 'bytes 7-9/10'],
			['bytes=8-100', '89', 'bytes 8-9/10'],
		])('returns the range %s', async (range, bytes, contentRange) => {
			const response = await fetch(await presign(), { headers: { range } });
			expect(response.status).toBe(206);
			expect(await response.text()).toBe(bytes);
			expect(response.headers.get('content-range')).toBe(contentRange);
		});

		test('refuses a range beyond the end', async () => {
			expect((await fetch(await presign(), { headers: { range: 'bytes=10-' } })).status).toBe(416);
		});

		test('returns the object with the requested ETag', async () => {
			const etag = (await testStore().storage.headObject(KEY))?.etag ?? '';
			const response = await fetch(await presign(), { headers: { 'if-match': etag } });
			expect(response.status).toBe(200);
			expect(response.headers.get('etag')).toBe(etag);
		});

		test('refuses an object that was overwritten since its ETag was read', async () => {
			const { storage } = testStore();
			await store(storage, 'get/overwritten', 'hello');
			const etag = (await storage.headObject('get/overwritten'))?.etag ?? '';
			await store(storage, 'get/overwritten', 'world');
			const { url } = await storage.presignGet({ ...FOR_A_CLIENT, key: 'get/overwritten' });
			const response = await fetch(url, { headers: { 'if-match': etag } });
			expect(response.status).toBe(412);
			expect(await response.text()).not.toContain('world');
		});

		test('returns 404 for a missing object', async () => {
			const { url } = await testStore().storage.presignGet({ ...FOR_A_CLIENT, key: 'get/absent' });
			expect((await fetch(url)).status).toBe(404);
		});
	});
});
