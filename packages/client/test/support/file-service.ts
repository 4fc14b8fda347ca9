import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, reply, replyError, startServer, type TestServer } from './start-server.ts';

export const PART_SIZE = 5 * 1024 * 1024;

/** Outcome of a PUT: `drop` closes the connection half-way, a number is the status of a refusal. */
export type PutOutcome = 'accept' | 'drop' | 'hang' | number;

interface StoredFile {
	id: string;
	name: string;
	mimeType: string;
	size: number;
	isMultipart: boolean;
	parts: Map<number, Buffer>;
	isReady: boolean;
}

/** The file operations of the API and the store in one process, so that a test can fail any response. */
export interface FileService extends TestServer {
	files: Map<string, StoredFile>;
	/** The received parts in order of arrival. A single PUT is part 0. */
	puts: number[];
	mostPutsAtOnce: number;
	/** Part of each URL. URLs of another round are refused with 403. */
	round: number;
	/** Returns the outcome of the next PUT of a part after this number of earlier ones. */
	outcomeOf(part: number, earlierPuts: number): PutOutcome;
	/** Drops the response of the next completion. */
	loseCompletion: boolean;
	bytesOf(id: string): Buffer;
}

export async function startFileService(): Promise<FileService> {
	const attempts = new Map<number, number>();
	let putsNow = 0;
	let count = 0;

	async function receivePut(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
		const [, , id = '', partText = '', round] = url.pathname.split('/');
		const part = Number(partText);
		const earlierPuts = attempts.get(part) ?? 0;
		attempts.set(part, earlierPuts + 1);
		service.puts.push(part);
		const file = service.files.get(id);
		const outcome = Number(round) === service.round && file ? service.outcomeOf(part, earlierPuts) : 403;
		if (outcome === 'drop') return void request.once('data', () => request.socket.destroy());
		if (outcome === 'hang') return;
		putsNow += 1;
		service.mostPutsAtOnce = Math.max(service.mostPutsAtOnce, putsNow);
		const bytes = await readBody(request).finally(() => {
			putsNow -= 1;
		});
		if (outcome !== 'accept') return void response.writeHead(outcome).end();
		file?.parts.set(part, bytes);
		if (file && !file.isMultipart) file.isReady = request.headers['content-type'] === file.mimeType;
		response.writeHead(200, { etag: `"${part}"` }).end();
	}

	const view = (file: StoredFile) => ({
		id: file.id,
		name: file.name,
		mime_type: file.mimeType,
		size_bytes: file.size,
		status: file.isReady ? 'ready' : 'pending',
	});
	const partsOf = (file: StoredFile) =>
		Array.from({ length: Math.ceil(file.size / PART_SIZE) }, (_, index) => ({
			part_number: index + 1,
			size: Math.min(PART_SIZE, file.size - index * PART_SIZE),
			...(file.parts.has(index + 1)
				? { etag: `"${index + 1}"` }
				: { upload_url: `${service.url}/store/${file.id}/${index + 1}/${service.round}` }),
		}));

	async function create(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const {
			name,
			mime_type: mimeType,
			size_bytes: size,
			multipart = false,
		} = JSON.parse(String(await readBody(request)));
		count += 1;
		const file = {
			id: `fil_${count}`,
			name,
			mimeType,
			size,
			isMultipart: multipart,
			parts: new Map(),
			isReady: false,
		};
		service.files.set(file.id, file);
		reply(response, 201, {
			data: {
				file_id: file.id,
				upload_url: multipart ? null : `${service.url}/store/${file.id}/0/${service.round}`,
				method: 'PUT',
				headers: { 'Content-Type': mimeType },
				...(multipart && { multipart: { part_size: PART_SIZE, parts: partsOf(file) } }),
			},
		});
	}

	async function complete(
		request: IncomingMessage,
		response: ServerResponse,
		file: StoredFile,
	): Promise<void> {
		const { parts } = JSON.parse(String(await readBody(request)));
		if (parts.length !== file.parts.size) return replyError(response, 400, 'validation');
		file.isReady = true;
		if (service.loseCompletion) {
			service.loseCompletion = false;
			return void request.socket.destroy();
		}
		reply(response, 200, { data: view(file) });
	}

	async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const url = new URL(request.url ?? '', 'http://far.end');
		if (url.pathname.startsWith('/store/')) return receivePut(request, response, url);
		if (url.pathname === '/v1/files') return create(request, response);
		const [, , , id = '', operation] = url.pathname.split('/');
		const file = service.files.get(id);
		if (!file) return replyError(response, 404, 'not_found');
		if (operation === 'complete') return complete(request, response, file);
		if (operation === 'parts') {
			if (!file.isMultipart || file.isReady) return replyError(response, 400, 'validation');
			return reply(response, 200, { data: { part_size: PART_SIZE, parts: partsOf(file) } });
		}
		if (request.method === 'DELETE') {
			service.files.delete(id);
			return void response.writeHead(204).end();
		}
		reply(response, 200, { data: view(file) });
	}

	const service: FileService = {
		...(await startServer(handle)),
		files: new Map(),
		puts: [],
		mostPutsAtOnce: 0,
		round: 1,
		outcomeOf: () => 'accept',
		loseCompletion: false,
		bytesOf(id) {
			const parts = [...(service.files.get(id)?.parts ?? [])].sort(([a], [b]) => a - b);
			return Buffer.concat(parts.map(([, bytes]) => bytes));
		},
	};
	return service;
}
