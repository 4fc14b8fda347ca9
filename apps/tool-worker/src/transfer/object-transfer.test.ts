import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { download, ObjectChangedError, upload } from './object-transfer.ts';

const BYTES = randomBytes(3_000_000);
const ETAG = '"abc"';

let directory: string;
let server: Server | undefined;
const never = new AbortController().signal;

beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'transfer-'));
});
afterAll(() => rm(directory, { recursive: true }));
afterEach(() => {
	server?.closeAllConnections();
	server?.close();
});

async function serve(handler: RequestListener): Promise<string> {
	const started = createServer(handler);
	server = started;
	await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
	return `http://127.0.0.1:${(started.address() as AddressInfo).port}/object`;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

describe('download', () => {
	const path = () => join(directory, 'got');
	const from = (url: string) => download({ url, etag: ETAG, sizeBytes: BYTES.length }, path(), never);

	test('requests the object with the ETag and stores its bytes', async () => {
		let ifMatch: string | undefined;
		const url = await serve((request, response) => {
			ifMatch = request.headers['if-match'];
			response.writeHead(200, { etag: ETAG }).end(BYTES);
		});
		await from(url);
		expect(ifMatch).toBe(ETAG);
		expect((await readFile(path())).equals(BYTES)).toBe(true);
	});

	test.each([
		['was deleted', 404, {}],
		['has another ETag', 412, {}],
		['has another ETag and the store ignores If-Match', 200, { etag: '"other"' }],
	])('throws ObjectChangedError when the object %s', async (_, status, headers) => {
		const url = await serve((_request, response) => response.writeHead(status, headers).end('x'));
		await expect(from(url)).rejects.toBeInstanceOf(ObjectChangedError);
	});

	test('throws another error than ObjectChangedError when the connection breaks', async () => {
		const url = await serve((_request, response) => {
			response.writeHead(200, { etag: ETAG, 'content-length': BYTES.length });
			response.write(BYTES.subarray(0, 100_000), () => response.destroy());
		});
		const error = await from(url).then(
			() => 'no error',
			(thrown: Error) => thrown.constructor.name,
		);
		expect(error).toBe('Error');
	});

	test('removes the partial file of a failed download', async () => {
		const url = await serve((_request, response) =>
			response.writeHead(200, { etag: ETAG }).end(BYTES.subarray(1)),
		);
		await expect(from(url)).rejects.toThrow();
		expect(existsSync(path())).toBe(false);
	});

	test('throws when the store sends too few bytes', async () => {
		const url = await serve((_request, response) =>
			response.writeHead(200, { etag: ETAG }).end(BYTES.subarray(1)),
		);
		await expect(from(url)).rejects.toThrow('bytes of');
	});

	test('rejects when it is aborted', async () => {
		const url = await serve((_request, response) => response.writeHead(200, { etag: ETAG }).write('x'));
		const controller = new AbortController();
		const work = download({ url, etag: ETAG, sizeBytes: 10 }, path(), controller.signal);
		setTimeout(() => controller.abort(), 50);
		await expect(work).rejects.toThrow();
	});
});

describe('upload', () => {
	test('sends exactly a part of the file with its length, and returns the ETag', async () => {
		const path = join(directory, 'out');
		await writeFile(path, BYTES);
		let got: { body: Buffer; length: string | undefined; type: string | undefined } | undefined;
		const url = await serve(async (request, response) => {
			got = {
				body: await bodyOf(request),
				length: request.headers['content-length'],
				type: request.headers['content-type'],
			};
			response.writeHead(200, { etag: ETAG }).end();
		});
		const target = { url, headers: { 'Content-Type': 'application/pdf' } };
		const etag = await upload(target, { path, startByte: 1_000, sizeBytes: 2_000_000 }, never);
		expect(etag).toBe(ETAG);
		expect(got?.body.equals(BYTES.subarray(1_000, 2_001_000))).toBe(true);
		expect([got?.length, got?.type]).toEqual(['2000000', 'application/pdf']);
	});

	test('throws the refusal that comes before the body is sent', async () => {
		const path = join(directory, 'out');
		await writeFile(path, BYTES);
		const url = await serve((_request, response) => response.writeHead(403, { connection: 'close' }).end());
		await expect(
			upload({ url, headers: {} }, { path, startByte: 0, sizeBytes: BYTES.length }, never),
		).rejects.toThrow(/403|EPIPE|ECONNRESET/);
	});
});
