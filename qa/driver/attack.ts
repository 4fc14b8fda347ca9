import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, send as sendTo } from './http.ts';
import { makePdf } from './pdf.ts';

/**
 * An attacker as a process of its own: `node qa/driver/attack.ts NAME BASE_URL`. Prints `ready` once the attack is under
 * way, goes on until standard input ends, undoes what would go on by itself, and prints how often each status was answered.
 */
const [name = '', baseUrl = ''] = process.argv.slice(2);
const over = new AbortController();
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Status → how often; 0 for a connection that broke. */
const answers: Record<string, number> = {};
const count = (status: number) => {
	answers[status] = (answers[status] ?? 0) + 1;
};

function send(method: string, path: string, options: { token?: string; raw?: string } = {}): Promise<Answer> {
	const headers = options.raw === undefined ? {} : { 'content-type': 'application/json' };
	return sendTo(baseUrl, method, path, { agent, headers, ...options });
}

async function data(method: string, path: string, options: { token?: string; body?: object }) {
	const { status, text, body } = await sendTo(baseUrl, method, path, { agent, ...options });
	if (status >= 300) throw new Error(`${method} ${path} was answered ${status}: ${text}`);
	return body.data;
}

async function register() {
	const email = `attacker-${randomBytes(9).toString('hex')}@example.com`;
	const body = { email, password: randomBytes(18).toString('base64url') };
	return { ...body, token: String((await data('POST', '/v1/auth/register', { body })).token) };
}

/** Sends again and again on this many connections. A broken connection is not retried faster than an answered one. */
async function repeat(connections: number, once: () => Promise<Answer>): Promise<void> {
	const one = async () => {
		while (!over.signal.aborted) {
			const status = await once().then(
				(answer) => answer.status,
				() => 0,
			);
			count(status);
			if (status === 0 || status === 413 || status === 429) await pause(20);
		}
	};
	await Promise.all(Array.from({ length: connections }, one));
}

const pause = (ms: number) => sleep(ms, undefined, { signal: over.signal }).catch(() => undefined);

async function upload(token: string, bytes: Uint8Array): Promise<string> {
	const declared = { name: 'a.pdf', mime_type: 'application/pdf', size_bytes: bytes.length };
	const file = await data('POST', '/v1/files', { token, body: declared });
	const body = bytes as Uint8Array<ArrayBuffer>;
	const put = await fetch(file.upload_url, { method: 'PUT', headers: file.headers, body });
	if (!put.ok) throw new Error(`the upload was answered ${put.status}`);
	return file.file_id;
}

/** Bodies of hundreds of thousands of JSON nodes to a public operation; the largest that fits, too. */
async function jsonNodes(): Promise<void> {
	const bodies = [340_000, 1_200].map((nodes) => `{"x":[${'[],'.repeat(nodes)}0]}`);
	let turn = 0;
	const once = () => send('POST', '/v1/auth/login', { raw: bodies[turn++ % bodies.length] ?? '' });
	ready();
	await repeat(16, once);
}

const ADDRESSES = Array.from({ length: 10 }, (_, index) => `127.0.0.${index + 2}`);
const CONNECTIONS_PER_ADDRESS = 1_000;
/** Closed connections are opened again, no faster than this. */
const OPENS_PER_SECOND = 500;

/** Idle keep-alive connections, as many as ten addresses may have. */
async function idleConnections(): Promise<void> {
	const { hostname, port } = new URL(baseUrl);
	const open = new Set<Socket>();
	const openOne = (localAddress: string) => {
		const socket = connect({ host: hostname, port: Number(port), localAddress });
		open.add(socket);
		socket.on('error', () => count(0));
		socket.on('data', (chunk) => count(Number(chunk.toString('latin1', 9, 12))));
		socket.on('close', () => open.delete(socket));
		socket.write(`GET /v1/tools HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
	};
	const wanted = ADDRESSES.length * CONNECTIONS_PER_ADDRESS;
	for (let turn = 0; !over.signal.aborted; turn += 1) {
		if (turn === Math.ceil(wanted / OPENS_PER_SECOND) * 10) ready();
		for (let opened = 0; opened < OPENS_PER_SECOND / 10 && open.size < wanted; opened += 1) {
			openOne(ADDRESSES[open.size % ADDRESSES.length] ?? '127.0.0.2');
		}
		await pause(100);
	}
	for (const socket of open) socket.destroy();
}

/** Unknown params by the ten thousand, and clients that do not read the answer. */
async function unknownParams(): Promise<void> {
	const { token } = await register();
	const input_file_id = await upload(token, makePdf());
	const bodyOf = (params: number) =>
		JSON.stringify({
			...{ tool: 'compress_heavy', input_file_id },
			params: Object.fromEntries(Array.from({ length: params }, (_, index) => [`p${index}`, 1])),
		});
	const bodies = [bodyOf(120_000), bodyOf(5_000)];
	const flooders = Array.from({ length: 22 }, () => floodUnread(token, bodies[1] ?? ''));
	let turn = 0;
	ready();
	await repeat(8, () => send('POST', '/v1/jobs', { token, raw: bodies[turn++ % bodies.length] ?? '' }));
	await Promise.all(flooders);
}

/** Pipelines requests for as long as the server takes them and reads no answer. Connects again when the server closes. */
async function floodUnread(token: string, body: string): Promise<void> {
	const { hostname, port } = new URL(baseUrl);
	const head = `POST /v1/jobs HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${token}\r\n`;
	const framing = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
	while (!over.signal.aborted) {
		const socket = connect(Number(port), hostname);
		socket.on('error', () => undefined).pause();
		const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
		const end = () => socket.destroy();
		over.signal.addEventListener('abort', end, { once: true });
		// A failed write is reported to every queued one: writing again there would never end.
		const write = (error?: Error | null) => {
			if (!error && !over.signal.aborted) socket.write(head + framing + body, write);
		};
		write();
		await closed;
		over.signal.removeEventListener('abort', end);
		await pause(50);
	}
}

/** URLs of a 10 GiB upload in parts, as fast as they are given. */
async function partUrls(): Promise<void> {
	const { token } = await register();
	const declared = { name: 'a.mp4', mime_type: 'video/mp4', size_bytes: 10 * 1024 ** 3, multipart: true };
	const { file_id } = await data('POST', '/v1/files', { token, body: declared });
	ready();
	await repeat(40, () => send('GET', `/v1/files/${file_id}/parts`, { token }));
}

const PIPELINED_REQUESTS = 1_500;
const PIPELINING_CONNECTIONS = 8;

/** Thousands of requests in one write on each connection, whose answers nobody reads. */
async function pipelinedRequests(): Promise<void> {
	const { hostname, port } = new URL(baseUrl);
	const requests = `GET /v1/tools HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`.repeat(PIPELINED_REQUESTS);
	const keepOne = async () => {
		while (!over.signal.aborted) {
			const socket = connect(Number(port), hostname);
			const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
			socket.on('error', () => undefined);
			socket.pause().write(requests);
			await Promise.race([closed, pause(2_000)]);
			socket.destroy();
			count(0);
			await pause(50);
		}
	};
	ready();
	await Promise.all(Array.from({ length: PIPELINING_CONNECTIONS }, keepOne));
}

/** The list of tools, which needs no account, on many connections. */
async function publicReads(): Promise<void> {
	ready();
	await repeat(64, () => send('GET', '/v1/tools'));
}

/** Sign-ins with the right password, which costs a hash each: wrong ones are slowed after some, and cost little from then on. */
async function signIns(): Promise<void> {
	const { email, password } = await register();
	const raw = JSON.stringify({ email, password });
	ready();
	await repeat(50, () => send('POST', '/v1/auth/login', { raw }));
}

const ACCOUNTS = 8;
const JOBS_PER_ACCOUNT = 3;

/** New accounts with long OCR jobs, as many as they may have. */
async function heavyAccounts(): Promise<void> {
	const path = process.env.ATTACK_DOCUMENT;
	const pdf = path === undefined ? makePdf({ pages: 200 }) : readFileSync(path);
	const jobs: { token: string; id: string }[] = [];
	for (let account = 0; account < ACCOUNTS; account += 1) {
		const { token } = await register();
		const input_file_id = await upload(token, pdf);
		for (let job = 0; job < JOBS_PER_ACCOUNT; job += 1) {
			const raw = JSON.stringify({ tool: 'ocr', input_file_id });
			const { status, body } = await send('POST', '/v1/jobs', { token, raw });
			count(status);
			if (status === 201) jobs.push({ token, id: body.data.id });
		}
	}
	ready();
	await pause(2 ** 30);
	for (const { token, id } of jobs) await send('POST', `/v1/jobs/${id}/cancel`, { token });
}

function ready(): void {
	process.stdout.write('ready\n');
}

const ATTACKS: Record<string, () => Promise<void>> = {
	'json-nodes': jsonNodes,
	'idle-connections': idleConnections,
	'unknown-params': unknownParams,
	'part-urls': partUrls,
	'pipelined-requests': pipelinedRequests,
	'public-reads': publicReads,
	'sign-ins': signIns,
	'heavy-accounts': heavyAccounts,
};

const attack = ATTACKS[name];
if (!attack) throw new Error(`no attack ${name}: there are ${Object.keys(ATTACKS).join(', ')}`);
process.stdin.resume();
void once(process.stdin, 'end').then(() => over.abort());
await attack();
agent.destroy();
process.stdout.write(`${JSON.stringify(answers)}\n`);
