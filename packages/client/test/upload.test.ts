import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
	ApiError,
	type Client,
	ConnectionError,
	createClient,
	StoreError,
	type UploadProgress,
} from '../src/index.ts';
import { type FileService, PART_SIZE, startFileService } from './support/file-service.ts';
import { waitUntil } from './support/wait-until.ts';

const LARGE = randomBytes(6 * PART_SIZE - 1_000);

let service: FileService;
let client: Client;

beforeEach(async () => {
	service = await startFileService();
	client = createClient({ baseUrl: service.url });
});
afterEach(() => service.stop());

const large = () => new File([LARGE], 'large.bin', { type: 'video/mp4' });

test('a small file is sent with one PUT, under its own name and type', async () => {
	const progress: UploadProgress[] = [];
	const file = await client.files.upload(new File(['hello'], 'greeting.txt', { type: 'text/plain' }), {
		onProgress: (now) => progress.push(now),
	});
	expect(file).toMatchObject({ name: 'greeting.txt', mime_type: 'text/plain', status: 'ready' });
	expect(service.puts).toEqual([0]);
	expect(String(service.bytesOf(file.id))).toBe('hello');
	expect(progress.at(-1)).toEqual({ sentBytes: 5, totalBytes: 5 });
});

test('a large file is sent in parts, four at a time, and its progress only grows', async () => {
	const sent: number[] = [];
	const file = await client.files.upload(large(), { onProgress: ({ sentBytes }) => sent.push(sentBytes) });
	expect(service.bytesOf(file.id).equals(LARGE)).toBe(true);
	expect(service.mostPutsAtOnce).toBe(4);
	expect(sent).toEqual([...sent].sort((a, b) => a - b));
	expect(sent.length).toBeGreaterThan(6);
	expect(sent.at(-1)).toBe(LARGE.length);
});

test('a ByteSource is read in slices', async () => {
	const slices: number[] = [];
	const source = {
		size: LARGE.length,
		slice: async (start: number, end: number) => {
			slices.push(end - start);
			return LARGE.subarray(start, end);
		},
	};
	const file = await client.files.upload(source, { name: 'sliced.bin' });
	expect(service.bytesOf(file.id).equals(LARGE)).toBe(true);
	expect(Math.max(...slices)).toBeLessThanOrEqual(1024 * 1024);
	await expect(client.files.upload(source)).rejects.toThrow('needs a name');
});

test('a part is retried when the store fails or the connection breaks', async () => {
	service.outcomeOf = (part, earlierPuts) => {
		if (part === 2 && earlierPuts === 0) return 503;
		return part === 3 && earlierPuts === 0 ? 'drop' : 'accept';
	};
	const file = await client.files.upload(large());
	expect(service.bytesOf(file.id).equals(LARGE)).toBe(true);
	expect([...service.puts].sort()).toEqual([1, 2, 2, 3, 3, 4, 5, 6]);
});

test('expired URLs are replaced, and stored parts are not sent again', async () => {
	service.outcomeOf = (part) => {
		if (part === 3) service.round = 2;
		return part === 3 && service.puts.filter((one) => one === 3).length === 1 ? 403 : 'accept';
	};
	const file = await client.files.upload(large());
	expect(service.bytesOf(file.id).equals(LARGE)).toBe(true);
	expect(service.puts.filter((part) => part === 1)).toHaveLength(1);
});

test('a store that refuses fresh URLs too fails the upload', async () => {
	service.outcomeOf = () => 403;
	const upload = client.files.upload(large());
	await expect(upload).rejects.toBeInstanceOf(StoreError);
	await expect(upload).rejects.toMatchObject({ status: 403 });
});

test('an aborted upload resumes with the missing parts', async () => {
	const pause = new AbortController();
	let id = '';
	service.outcomeOf = (part) => (part > 4 ? 'hang' : 'accept');
	const paused = client.files.upload(large(), {
		signal: pause.signal,
		onCreated: (created) => {
			id = created;
		},
	});
	await Promise.all([
		expect(paused).rejects.toThrow('paused'),
		waitUntil(() => service.files.get(id)?.parts.size === 4 && service.puts.length === 6).then(() =>
			pause.abort(new Error('paused')),
		),
	]);

	service.outcomeOf = () => 'accept';
	service.puts.length = 0;
	const progress: number[] = [];
	const file = await client.files.upload(large(), {
		resume: id,
		onProgress: ({ sentBytes }) => progress.push(sentBytes),
	});
	expect(file.id).toBe(id);
	expect([...service.puts].sort()).toEqual([5, 6]);
	expect(service.bytesOf(id).equals(LARGE)).toBe(true);
	expect(progress.at(-1)).toBe(LARGE.length);
});

test('an upload that only lacks its completion sends no byte again', async () => {
	const { id } = await client.files.upload(large());
	const kept = service.files.get(id);
	if (kept) kept.isReady = false;
	service.puts.length = 0;
	const file = await client.files.upload(large(), { resume: id });
	expect(file).toMatchObject({ id, status: 'ready' });
	expect(service.puts).toEqual([]);
});

test('resuming a ready upload returns the file', async () => {
	const { id } = await client.files.upload(large());
	service.puts.length = 0;
	const progress: UploadProgress[] = [];
	const file = await client.files.upload(large(), { resume: id, onProgress: (now) => progress.push(now) });
	expect([file.id, service.puts]).toEqual([id, []]);
	expect(progress).toEqual([{ sentBytes: LARGE.length, totalBytes: LARGE.length }]);
});

test('resuming an upload that the API has deleted starts a new one', async () => {
	const created: string[] = [];
	const file = await client.files.upload(large(), {
		resume: 'fil_gone',
		onCreated: (id) => created.push(id),
	});
	expect(created).toEqual([file.id]);
	expect(service.bytesOf(file.id).equals(LARGE)).toBe(true);
});

test('an upload is not resumed with other bytes', async () => {
	const { id } = await client.files.upload(large());
	await expect(client.files.upload(new Blob(['x']), { name: 'x', resume: id })).rejects.toThrow(TypeError);
});

test('a completion whose response is lost is detected', async () => {
	service.loseCompletion = true;
	const file = await client.files.upload(large());
	expect(file.status).toBe('ready');
	expect(service.files.size).toBe(1);
});

test('an expired single URL is replaced by a new file, and the old file is deleted', async () => {
	service.outcomeOf = (_, earlierPuts) => (earlierPuts === 0 ? 403 : 'accept');
	const created: string[] = [];
	const file = await client.files.upload(new Blob(['hello']), {
		name: 'a',
		onCreated: (id) => created.push(id),
	});
	expect(created).toEqual(['fil_1', 'fil_2']);
	expect([file.id, [...service.files.keys()]]).toEqual(['fil_2', ['fil_2']]);
});

test('an upload survives a lost connection', async () => {
	let hasStopped = false;
	service.outcomeOf = (part) => {
		if (part !== 4 || hasStopped) return 'accept';
		hasStopped = true;
		void service.stop().then(() => setTimeout(() => void service.start(), 1_500));
		return 'hang';
	};
	const file = await client.files.upload(large());
	expect(service.bytesOf(file.id).equals(LARGE)).toBe(true);
});

test('an upload fails after retryForMs without a connection', async () => {
	service.outcomeOf = () => {
		void service.stop();
		return 'hang';
	};
	await expect(client.files.upload(large(), { retryForMs: 1_000 })).rejects.toBeInstanceOf(ConnectionError);
});

test('an error of the API fails the upload at once', async () => {
	await service.stop();
	const { startServer, replyError } = await import('./support/start-server.ts');
	const refusing = await startServer((_, response) => replyError(response, 403, 'plan_limit'));
	const upload = createClient({ baseUrl: refusing.url }).files.upload(large());
	await expect(upload).rejects.toBeInstanceOf(ApiError);
	await expect(upload).rejects.toMatchObject({ code: 'plan_limit' });
	await refusing.stop();
});

test('a Retry-After beyond retryForMs fails the upload at once', async () => {
	const { startServer, replyError } = await import('./support/start-server.ts');
	const refusing = await startServer((_, response) => {
		response.setHeader('Retry-After', '3600');
		replyError(response, 429, 'rate_limited');
	});
	const upload = createClient({ baseUrl: refusing.url }).files.upload(large());
	await expect(upload).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 3_600_000 });
	await refusing.stop();
});

test('an aborted signal sends nothing', async () => {
	const signal = AbortSignal.abort(new Error('never'));
	await expect(client.files.upload(large(), { signal })).rejects.toThrow('never');
	expect(service.files.size).toBe(0);
});

test('an exception of a callback fails the upload', async () => {
	const upload = client.files.upload(large(), {
		onProgress: () => {
			throw new Error('of the caller');
		},
	});
	await expect(upload).rejects.toThrow('of the caller');
});

const inDirectory = async (use: (directory: string) => Promise<void>) => {
	const directory = await mkdtemp(join(tmpdir(), 'creatorr-client-'));
	await use(directory).finally(() => rm(directory, { recursive: true }));
};

test('a local file is read from its path', () =>
	inDirectory(async (directory) => {
		const path = join(directory, 'large.bin');
		await writeFile(path, LARGE);
		const file = await client.files.upload({ path });
		expect(file.name).toBe('large.bin');
		expect(service.bytesOf(file.id).equals(LARGE)).toBe(true);
	}));

test('a missing path is reported before a file is created', async () => {
	await expect(client.files.upload({ path: '/nowhere/at/all' })).rejects.toMatchObject({ code: 'ENOENT' });
	expect(service.files.size).toBe(0);
});

test('an upload of a file that shrinks meanwhile fails at once', () =>
	inDirectory(async (directory) => {
		const path = join(directory, 'large.bin');
		await writeFile(path, LARGE);
		const upload = client.files.upload({ path }, { onCreated: () => void truncate(path, 10) });
		await expect(upload).rejects.toThrow('changed while it was being read');
	}));
