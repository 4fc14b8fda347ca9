import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FilesService, newUser, startFiles } from '../testing/files-service.ts';
import { declare, MIB, PDF, put } from '../testing/uploads.ts';

const GIB = 1024 ** 3;
const HOUR_MS = 3_600_000;

let service: FilesService;
const user = newUser();

beforeAll(async () => {
	service = await startFiles();
});
afterAll(() => service.stop());

const create = (body: object) => service.as(user).create({ ...PDF, size_bytes: 5, ...body });

describe('creating a file', () => {
	test('returns a URL, valid for an hour, and the headers to send', async () => {
		const response = await create({});
		expect(response.status).toBe(201);
		const { data } = response.body;
		expect(data).toEqual({
			file_id: expect.stringMatching(/^fil_/),
			upload_url: expect.stringContaining('X-Amz-Expires=3600&'),
			expires_at: expect.stringMatching(/Z$/),
			method: 'PUT',
			headers: { 'Content-Type': 'application/pdf' },
		});
		expect(Math.abs(Date.parse(data.expires_at) - Date.now() - HOUR_MS)).toBeLessThan(10_000);
		expect(response.headers['cache-control']).toBe('no-store');
	});

	test.each([
		['longer', 'hello!', 'application/pdf'],
		['shorter', 'hell', 'application/pdf'],
		['of another type', 'hello', 'text/html'],
	])('returns a URL that refuses bytes that are %s', async (_, bytes, type) => {
		const { upload_url } = await declare(service, user, { size_bytes: 5 });
		expect(await put(upload_url, bytes, { 'Content-Type': type })).toBe(403);
		expect(await put(upload_url, 'hello', { 'Content-Type': 'application/pdf' })).toBe(200);
	});

	test.each(['text/plain; charset=utf-8', 'application/x-y; a="b c"; d=e', 'Application/PDF'])(
		'the URL accepts the declared type %s',
		async (mime_type) => {
			const { upload_url, headers } = await declare(service, user, { mime_type, size_bytes: 5 });
			expect(headers).toEqual({ 'Content-Type': mime_type });
			expect(await put(upload_url, 'hello', headers)).toBe(200);
		},
	);

	test.each([
		['no name', { name: undefined }, 'name'],
		['an empty name', { name: '' }, 'name'],
		['256 characters', { name: 'a'.repeat(256) }, 'name'],
		['a size of 0', { size_bytes: 0 }, 'size_bytes'],
		['a size in text', { size_bytes: '5' }, 'size_bytes'],
		['an invalid type', { mime_type: 'pdf' }, 'mime_type'],
		['parts of less than 5 MiB', { size_bytes: 5 * MIB - 1, multipart: true }, 'multipart'],
	])('with %s is a validation error that names the field', async (_, body, path) => {
		const { status, body: response } = await create(body);
		expect([status, response.error.code, response.error.details[0].path]).toEqual([400, 'validation', path]);
	});

	test('with a name of 255 characters beyond the BMP is accepted', async () => {
		expect((await create({ name: '😀'.repeat(255) })).status).toBe(201);
	});

	test('of 10 GiB is accepted, of a byte more is too_large', async () => {
		expect((await create({ size_bytes: 10 * GIB })).status).toBe(201);
		const refused = await create({ size_bytes: 10 * GIB + 1 });
		expect([refused.status, refused.body.error.code]).toEqual([413, 'too_large']);
	});

	test('above the limit of a single PUT returns parts that add up, valid for a day, and where to complete', async () => {
		const data = await declare(service, user, { size_bytes: 5_000_000_001 });
		expect(data.upload_url).toBeNull();
		const { parts, part_size, complete_url } = data.multipart;
		expect(parts.map((part) => part.part_number)).toEqual(parts.map((_, index) => index + 1));
		expect(parts.reduce((sum, part) => sum + part.size, 0)).toBe(5_000_000_001);
		expect(new Set(parts.slice(0, -1).map((part) => part.size))).toEqual(new Set([part_size]));
		expect(complete_url).toBe(`/v1/files/${data.file_id}/complete`);
		expect(Math.abs(Date.parse(data.expires_at) - Date.now() - 24 * HOUR_MS)).toBeLessThan(10_000);
	});

	test('at the limit of a single PUT returns one URL', async () => {
		expect(await declare(service, user, { size_bytes: 5_000_000_000 })).not.toHaveProperty('multipart');
	});

	test('on the free plan stores it as ephemeral, for a day', async () => {
		const { file_id } = await declare(service, user, { size_bytes: 5 });
		const { data } = (await service.as(user).get(file_id)).body;
		expect(data.storage_tier).toBe('ephemeral');
		expect(Date.parse(data.expires_at) - Date.parse(data.created_at)).toBe(24 * HOUR_MS);
	});

	test('on the pro plan stores it as standard, for 30 days', async () => {
		const payer = newUser();
		await service.prisma.account.create({ data: { userId: payer.id, plan: 'pro' } });
		const { file_id } = await declare(service, payer, { size_bytes: 5 });
		const { data } = (await service.as(payer).get(file_id)).body;
		expect(data.storage_tier).toBe('standard');
		expect(Date.parse(data.expires_at) - Date.parse(data.created_at)).toBe(30 * 24 * HOUR_MS);
	});
});

describe('settings', () => {
	test('change limits and lifetimes', async () => {
		const other = await startFiles({
			SINGLE_PUT_LIMIT_BYTES: '1000',
			PUT_URL_TTL_SECONDS: '60',
			PART_URL_TTL_SECONDS: '120',
			DOWNLOAD_URL_TTL_SECONDS: '30',
			PLANS: JSON.stringify({ free: { retentionHours: 2 } }),
			ABANDONED_UPLOAD_HOURS: '1',
		});
		try {
			const small = await declare(other, user, { size_bytes: 1_000 });
			expect(small.upload_url).toContain('X-Amz-Expires=60&');
			const large = await declare(other, user, { size_bytes: 1_001 });
			expect(large.multipart.parts[0]?.upload_url).toContain('X-Amz-Expires=120&');
			await put(small.upload_url, 'a'.repeat(1_000), small.headers);
			const { data } = (await other.as(user).get(small.file_id)).body;
			expect(data.download_url).toContain('X-Amz-Expires=30&');
			expect(Date.parse(data.expires_at) - Date.parse(data.created_at)).toBe(2 * HOUR_MS);
		} finally {
			await other.stop();
		}
	});

	test('let no URL outlive its upload', async () => {
		const other = await startFiles({ ABANDONED_UPLOAD_HOURS: '0.01' });
		try {
			const { expires_at } = await declare(other, user, { size_bytes: 5 });
			expect(Date.parse(expires_at) - Date.now()).toBeLessThanOrEqual(37_000);
		} finally {
			await other.stop();
		}
	});
});
