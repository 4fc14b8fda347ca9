import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFlow, sendOnce } from './create-flow.ts';
import { type HttpResponse, type SendOptions, send as sendTo } from './http.ts';
import { makePdf } from './pdf.ts';

/**
 * An attacker as a process of its own: `node qa/driver/attack.ts NAME BASE_URL`. Prints `ready` once the attack runs, continues
 * until standard input ends, cancels its jobs, and prints how often each status was answered.
 */
const [name = '', baseUrl = ''] = process.argv.slice(2);
const { hostname, port } = new URL(baseUrl);
const stopping = new AbortController();
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Status → how often; 0 for a broken connection. */
const responses: Record<string, number> = {};
const count = (status: number) => {
	responses[status] = (responses[status] ?? 0) + 1;
};

const send = (method: string, path: string, options: SendOptions = {}) =>
	sendTo(baseUrl, method, path, { agent, ...options });
/** Sends JSON that is text already. */
const sendJson = (path: string, raw: string, token?: string) =>
	send('POST', path, { raw, token, headers: { 'content-type': 'application/json' } });

const transport = sendOnce(send);
const { uploadFile } = createFlow(transport);

async function register() {
	const email = `attacker-${randomBytes(9).toString('hex')}@example.com`;
	const body = { email, password: randomBytes(18).toString('base64url') };
	const response = await transport.ask([201], 'POST', '/v1/auth/register', { body });
	return { ...body, token: String(response.body.data.token) };
}

const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);

/** Sends requests repeatedly on this many connections. A broken connection isn't retried faster than an answered one. */
async function repeat(connections: number, once: () => Promise<HttpResponse>): Promise<void> {
	const one = async () => {
		while (!stopping.signal.aborted) {
			const { status } = await once().catch(() => ({ status: 0 }));
			count(status);
			if (status === 0 || status === 413 || status === 429) await pause(20);
		}
	};
	await Promise.all(Array.from({ length: connections }, one));
}

/** Returns a function that returns the items in turn. */
function alternate(items: readonly string[]): () => string {
	let turn = 0;
	return () => items[turn++ % items.length] ?? '';
}

/** Another address than that of the users: the gateway limits how many new connections one opens in a second. */
const localAddress = '127.0.0.11';

/** Connects repeatedly until the attack is over. Keeps each connection until the server closes it, at most for `forMs`. */
async function reconnect(use: (socket: Socket) => void, forMs = 2 ** 30): Promise<void> {
	while (!stopping.signal.aborted) {
		const socket = connect({ host: hostname, port: Number(port), localAddress, signal: stopping.signal });
		const closed = new Promise((resolve) => socket.once('close', resolve));
		socket.on('error', () => undefined).setTimeout(forMs, () => socket.destroy());
		use(socket.pause());
		await closed;
		await pause(50);
	}
}

/** Returns a request as text, for attacks on the connection. */
function textOf(target: string, token?: string, body = ''): string {
	const json = ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`];
	const more = token === undefined ? [] : [`Authorization: Bearer ${token}`, ...json];
	return `${[`${target} HTTP/1.1`, `Host: ${hostname}`, ...more].join('\r\n')}\r\n\r\n${body}`;
}

/** Writes a request for as long as the server reads. */
function pipeline(socket: Socket, request: string): void {
	// A failed write is reported to every queued one: writing again there would never end.
	const write = (error?: Error | null) => {
		if (!error && !stopping.signal.aborted) socket.write(request, write);
	};
	write();
}

const writing = (text: string) => (socket: Socket) => {
	socket.once('close', () => count(0)).write(text);
};

const ADDRESSES = Array.from({ length: 10 }, (_, index) => `127.0.0.${index + 2}`);
const CONNECTIONS_PER_ADDRESS = 1_000;
/** Closed connections are opened again, no faster than this. */
const OPENS_PER_SECOND = 500;

const ACCOUNTS = 8;
const JOBS_PER_ACCOUNT = 3;

const ready = () => void process.stdout.write('ready\n');

const ATTACKS: Record<string, () => Promise<void>> = {
	/** Bodies with hundreds of thousands of JSON nodes to a public operation, and the largest that it accepts. */
	async 'json-nodes'() {
		const next = alternate([340_000, 1_200].map((nodes) => `{"x":[${'[],'.repeat(nodes)}0]}`));
		ready();
		await repeat(16, () => sendJson('/v1/auth/login', next()));
	},

	/** Opens as many idle keep-alive connections as ten addresses may have. */
	async 'idle-connections'() {
		const open = new Set<Socket>();
		const openOne = (localAddress: string) => {
			const socket = connect({ host: hostname, port: Number(port), localAddress });
			open.add(socket);
			socket.on('error', () => count(0));
			socket.on('data', (chunk) => count(Number(chunk.toString('latin1', 9, 12))));
			socket.on('close', () => open.delete(socket));
			socket.write(textOf('GET /v1/tools'));
		};
		const wanted = ADDRESSES.length * CONNECTIONS_PER_ADDRESS;
		for (let turn = 0; !stopping.signal.aborted; turn += 1) {
			if (turn === Math.ceil(wanted / OPENS_PER_SECOND) * 10) ready();
			for (let opened = 0; opened < OPENS_PER_SECOND / 10 && open.size < wanted; opened += 1)
				openOne(ADDRESSES[open.size % ADDRESSES.length] ?? '127.0.0.2');
			await pause(100);
		}
		for (const socket of open) socket.destroy();
	},

	/** Tens of thousands of unknown params, and clients that don't read the answers. */
	async 'unknown-params'() {
		const { token } = await register();
		const input_file_id = await uploadFile(token, makePdf());
		const bodyOf = (count: number) => {
			const params = Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, 1]));
			return JSON.stringify({ tool: 'compress_heavy', input_file_id, params });
		};
		const small = bodyOf(5_000);
		const next = alternate([bodyOf(120_000), small]);
		const request = textOf('POST /v1/jobs', token, small);
		const flooders = Array.from({ length: 22 }, () => reconnect((socket) => pipeline(socket, request)));
		ready();
		await repeat(8, () => sendJson('/v1/jobs', next(), token));
		await Promise.all(flooders);
	},

	/** The URLs of a 10 GiB upload in parts, as fast as the API returns them. */
	async 'part-urls'() {
		const { token } = await register();
		const body = { name: 'a.mp4', mime_type: 'video/mp4', size_bytes: 10 * 1024 ** 3, multipart: true };
		const declared = await transport.ask([201], 'POST', '/v1/files', { token, body });
		ready();
		await repeat(40, () => send('GET', `/v1/files/${declared.body.data.file_id}/parts`, { token }));
	},

	/** Writes thousands of requests at once on each connection and reads no response. */
	async 'pipelined-requests'() {
		const requests = textOf('GET /v1/tools').repeat(1_500);
		ready();
		await Promise.all(Array.from({ length: 8 }, () => reconnect(writing(requests), 2_000)));
	},

	/** Creates jobs on many connections and hangs up before the answers. */
	async 'abandoned-requests'() {
		const { token, password } = await register();
		const input_file_id = await uploadFile(token, makePdf());
		const body = JSON.stringify({ tool: 'compress_heavy', input_file_id });
		const request = textOf('POST /v1/jobs', token, body);
		ready();
		await Promise.all(Array.from({ length: 100 }, () => reconnect(writing(request), 30)));
		// Cancels the jobs. At first the account has no requests left.
		const deletion = () => send('DELETE', '/v1/me', { token, body: { password } });
		while ((await deletion()).status === 429) await sleep(1_000);
	},

	/** The list of tools, which needs no account, on many connections. */
	async 'public-reads'() {
		ready();
		await repeat(64, () => send('GET', '/v1/tools'));
	},

	/** Sign-ins with the right password, each of which costs a hash. Wrong ones are throttled, and then cost little. */
	async 'sign-ins'() {
		const { email, password } = await register();
		ready();
		await repeat(50, () => send('POST', '/v1/auth/login', { body: { email, password } }));
	},

	/** New accounts, each with as many long OCR jobs as it may have. */
	async 'heavy-accounts'() {
		const path = process.env.ATTACK_DOCUMENT;
		const pdf = path === undefined ? makePdf({ pages: 200 }) : readFileSync(path);
		const jobs: { token: string; id: string }[] = [];
		for (let account = 0; account < ACCOUNTS; account += 1) {
			const { token } = await register();
			const body = { tool: 'ocr', input_file_id: await uploadFile(token, pdf) };
			for (let job = 0; job < JOBS_PER_ACCOUNT; job += 1) {
				const created = await send('POST', '/v1/jobs', { token, body });
				count(created.status);
				if (created.status === 201) jobs.push({ token, id: created.body.data.id });
			}
		}
		ready();
		await pause(2 ** 30);
		for (const { token, id } of jobs) await send('POST', `/v1/jobs/${id}/cancel`, { token });
	},
};

const attack = ATTACKS[name];
if (!attack) throw new Error(`no attack ${name}: there are ${Object.keys(ATTACKS).join(', ')}`);
process.stdin.resume();
void once(process.stdin, 'end').then(() => stopping.abort());
await attack();
agent.destroy();
process.stdout.write(`${JSON.stringify(responses)}\n`);
