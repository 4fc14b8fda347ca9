import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { StorageUnavailableError } from './errors.ts';
import { createStorage, type Storage } from './storage.ts';
import { collect } from './testing/requests.ts';

/** Far above the time limits below: a test that reaches it has found a wait without a limit. */
const PATIENCE_MS = 10_000;

const SECRET = 'a-secret-that-nobody-may-see';

const UPLOAD = { key: 'key', uploadId: 'upload' };

const OPERATIONS: Record<string, (storage: Storage) => Promise<unknown>> = {
	headObject: (storage) => storage.headObject('key'),
	deleteObjects: (storage) => storage.deleteObjects(['key']),
	listObjects: (storage) => storage.listObjects({ prefix: '' }),
	putText: (storage) => storage.putText({ key: 'key', text: 'text' }),
	createMultipart: (storage) => storage.createMultipart({ key: 'key', contentType: 'text/plain' }),
	listParts: (storage) => storage.listParts(UPLOAD),
	completeMultipart: (storage) => storage.completeMultipart({ ...UPLOAD, parts: [], sizeBytes: 1 }),
	abortMultipart: (storage) => storage.abortMultipart(UPLOAD),
	listStaleMultiparts: (storage) =>
		collect(storage.listStaleMultiparts({ prefix: '', startedBefore: new Date() })),
	ensureBucket: (storage) => storage.ensureBucket(),
	putCors: (storage) => storage.putCors(['https://app.example']),
	ping: (storage) => storage.ping(),
};

const SLOW_DOWN = '<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';
const EMPTY_LIST = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';

const ILL_BEHAVIORS: Record<string, RequestListener> = {
	'never answers': () => undefined,
	'hangs up': (request) => request.socket.destroy(),
	'begins an answer and never ends it': (_, response) => {
		response.writeHead(200, { 'content-type': 'application/xml' }).write('<ListBucketResult>');
	},
	'breaks off in the middle of an answer': (_, response) => {
		response.writeHead(200, { 'content-length': 1_000 }).write('<ListBucketResult>');
		setTimeout(() => response.socket?.destroy(), 20);
	},
	'asks for patience': (_, response) => {
		response.writeHead(503, { 'content-type': 'application/xml' }).end(SLOW_DOWN);
	},
	"hides behind a proxy's page": (_, response) => {
		response.writeHead(502, { 'content-type': 'text/html' }).end('<html><br>Bad Gateway</html>');
	},
	'answers with something that is not XML': (_, response) => {
		response.writeHead(200, { 'content-type': 'text/html' }).end('<html><br>Welcome!</html>');
	},
};

let server: Server | undefined;
let storage: Storage | undefined;

async function open(endpoint: string): Promise<Storage> {
	storage = createStorage({
		endpoint,
		publicEndpoint: endpoint,
		region: 'us-east-1',
		bucket: 'bucket',
		accessKeyId: 'key-id',
		secretAccessKey: SECRET,
		forcePathStyle: true,
		timeouts: { connectMs: 200, attemptMs: 200, operationMs: 1_000, completeMs: 1_000 },
	});
	return storage;
}

async function serve(listener: RequestListener): Promise<string> {
	const started = createServer(listener);
	server = started;
	await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
	return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
}

async function stopServer(): Promise<void> {
	server?.closeAllConnections();
	await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
	server = undefined;
}

afterEach(async () => {
	storage?.close();
	await stopServer();
});

describe('when nothing listens at the endpoint', () => {
	const nowhere = async () => {
		const endpoint = await serve(() => undefined);
		await stopServer();
		return open(endpoint);
	};

	test.each(Object.entries(OPERATIONS))(
		'%s fails as unavailable',
		async (_, operate) => {
			await expect(operate(await nowhere())).rejects.toBeInstanceOf(StorageUnavailableError);
		},
		PATIENCE_MS,
	);

	test('URLs are signed nevertheless', async () => {
		const { url } = await (await nowhere()).presignGet({
			key: 'k',
			audience: 'client',
			expiresInSeconds: 60,
		});
		expect(url).toContain('X-Amz-Signature=');
	});

	test('the error has its cause, and neither the secret nor a signature', async () => {
		const error = await (await nowhere()).headObject('key').catch((reason: unknown) => reason);
		const shown = inspect(error, { depth: 20, showHidden: true });
		expect(shown).toContain('ECONNREFUSED');
		expect(shown).not.toContain(SECRET);
		expect(shown).not.toContain('Signature=');
	});
});

describe('when the endpoint has no address', () => {
	test(
		'an operation fails as unavailable',
		async () => {
			const attempt = (await open('http://store.invalid')).headObject('key');
			await expect(attempt).rejects.toBeInstanceOf(StorageUnavailableError);
		},
		PATIENCE_MS,
	);
});

describe.each(Object.entries(ILL_BEHAVIORS))('when the store %s', (_, listener) => {
	test.each(['listObjects', 'completeMultipart'])(
		'%s fails as unavailable',
		async (operation) => {
			const ill = await open(await serve(listener));
			await expect(OPERATIONS[operation]?.(ill)).rejects.toBeInstanceOf(StorageUnavailableError);
		},
		PATIENCE_MS,
	);
});

describe('when the endpoint is another web server', () => {
	test('headObject fails as unavailable instead of finding a file', async () => {
		const other = await open(await serve((_, response) => response.writeHead(200).end('Welcome!')));
		await expect(other.headObject('key')).rejects.toBeInstanceOf(StorageUnavailableError);
	});
});

describe('when the store fails once', () => {
	test(
		'an operation succeeds at the second attempt',
		async () => {
			let requests = 0;
			const endpoint = await serve((_, response) => {
				requests += 1;
				response.writeHead(requests === 1 ? 500 : 200).end(requests === 1 ? '' : EMPTY_LIST);
			});
			const page = await (await open(endpoint)).listObjects({ prefix: '' });
			expect(page).toEqual({ objects: [], isLast: true });
			expect(requests).toBe(2);
		},
		PATIENCE_MS,
	);
});

describe('when the store does not delete some objects', () => {
	test('deleteObjects fails as unavailable, so that it is retried, and names them', async () => {
		const partial =
			'<DeleteResult><Error><Key>b</Key><Code>InternalError</Code><Message>no</Message></Error></DeleteResult>';
		const endpoint = await serve((_, response) => {
			response.writeHead(200, { 'content-type': 'application/xml' }).end(partial);
		});
		const attempt = (await open(endpoint)).deleteObjects(['a', 'b']);
		await expect(attempt).rejects.toThrow(/did not delete objects: 1/);
		await expect(attempt).rejects.toMatchObject({ keys: new Set(['b']) });
	});
});
