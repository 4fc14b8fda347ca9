import type { Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { BASE_URL, call, newPerson, type Person } from '../driver/client.ts';
import { eventually } from '../driver/processes.ts';
import { checkRefusal, openSocket, type RawResponse, readConversation } from './support/raw.ts';

const CRLF = '\r\n';
const CLIENTS = 60;
/** Between two bytes of a slow client. */
const DRIP_MS = 100;
/** Twice the gateway's time limit of a whole request, because the machine may be busy. */
const CLOSED_WITHIN_MS = 2_000 * Number(process.env.TEST_REQUEST_TIMEOUT_SECONDS ?? 60) + 10_000;
/** The gateway's default. */
const CONNECTIONS_PER_ADDRESS = 1_000;

let person: Person;
/** Users who send the slow requests: several, because one user may not have that many at the same time. */
let slowPeople: Person[];
let open: Socket[] = [];

beforeAll(async () => {
	person = await newPerson();
	slowPeople = await Promise.all(Array.from({ length: 6 }, () => newPerson()));
});

afterEach(() => {
	for (const socket of open) socket.destroy();
	open = [];
});

/** Sends `beginning` at once, and then one byte after another without an end. */
async function drip(beginning: string, from = '127.0.0.1'): Promise<Socket> {
	const socket = await openSocket(from);
	open.push(socket);
	socket.write(beginning);
	const timer = setInterval(() => socket.write('a'), DRIP_MS);
	socket.once('close', () => clearInterval(timer));
	return socket;
}

/** Returns the head of a POST /v1/files whose body comes slowly, sent by the slow people in turn. */
function slowDeclaration(framing: string, index: number): string {
	const token = slowPeople[index % slowPeople.length]?.token;
	return `POST /v1/files HTTP/1.1${CRLF}Host: x${CRLF}Authorization: Bearer ${token}${CRLF}Content-Type: application/json${CRLF}${framing}${CRLF}${CRLF}`;
}

/** Checks that the gateway to which the slow clients are connected serves others. */
async function expectServed(): Promise<void> {
	expect((await call('GET', '/v1/me', { token: person.token, base: BASE_URL })).status).toBe(200);
}

/** Waits until the server has closed every connection, and checks that others are served meanwhile. Resolves to the responses of each group. */
async function outlast(groups: Socket[][]): Promise<RawResponse[][]> {
	let left = groups.flat().length;
	const conversations = groups.map((sockets) =>
		Promise.all(
			sockets.map((socket) =>
				readConversation(socket, CLOSED_WITHIN_MS).finally(() => {
					left -= 1;
				}),
			),
		),
	);
	const areClosed = async () => {
		await expectServed();
		return left === 0;
	};
	await eventually(areClosed, CLOSED_WITHIN_MS, 'slow clients are still connected');
	const ended = await Promise.all(conversations);
	expect(ended.flat().map(({ closedByServer }) => closedByServer)).not.toContain(false);
	return ended.map((conversation) => conversation.flatMap(({ responses }) => responses));
}

/** Sends the head of a POST /v1/files at once, and its body in chunks of one byte. */
async function dripChunks(index: number): Promise<Socket> {
	const socket = await openSocket();
	open.push(socket);
	socket.write(slowDeclaration('Transfer-Encoding: chunked', index));
	const timer = setInterval(() => socket.write(`1${CRLF}a${CRLF}`), DRIP_MS);
	socket.once('close', () => clearInterval(timer));
	return socket;
}

async function sendNothing(): Promise<Socket> {
	const socket = await openSocket();
	open.push(socket);
	return socket;
}

/** Kinds of deliberately slow clients. */
const SLOW = {
	'with the line of its request': () => drip('GET /v1/'),
	'with its headers': () => drip(`GET /v1/tools HTTP/1.1${CRLF}Host: x${CRLF}A: `),
	'with its body': (index: number) => drip(slowDeclaration('Content-Length: 8000', index)),
	'with a body in chunks of a byte': dripChunks,
	'with everything': sendNothing,
};
type Way = keyof typeof SLOW;

describe('a deliberately slow client is disconnected in time, and others are served meanwhile:', () => {
	/** All kinds run concurrently, because each waits for a time limit of the gateway. */
	let responses: Map<Way, RawResponse[]>;

	beforeAll(async () => {
		const ways = Object.keys(SLOW) as Way[];
		const connect = (way: Way) =>
			Promise.all(Array.from({ length: CLIENTS }, (_, index) => SLOW[way](index)));
		const heard = await outlast(await Promise.all(ways.map(connect)));
		responses = new Map(ways.map((way, index) => [way, heard[index] ?? []]));
	});

	test.each(Object.keys(SLOW) as Way[])('%s', async (way) => {
		const heard = responses.get(way) ?? [];
		// a browser that has opened a connection in advance would mistake this response for the one to its first request
		expect(heard).toHaveLength(way === 'with everything' ? 0 : CLIENTS);
		for (const response of heard) {
			expect([response.status, response.body.error.code]).toEqual([400, 'validation']);
			await checkRefusal(response);
		}
	});
});

describe('very many connections from one address', () => {
	const flooder = '127.0.0.66';

	test('do not affect other addresses, and one beyond the limit gets 429', async () => {
		for (let count = 0; count < CONNECTIONS_PER_ADDRESS; count += 100) {
			open.push(...(await Promise.all(Array.from({ length: 100 }, () => openSocket(flooder)))));
			// Clients that have made a request are kept longer than those that haven't.
			for (const socket of open.slice(count))
				socket.resume().write(`GET /v1/nothing HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`);
		}
		const beyond = await openSocket(flooder);
		beyond.write(`GET /v1/tools HTTP/1.1${CRLF}Host: x${CRLF}${CRLF}`);
		const { responses, closedByServer } = await readConversation(beyond);
		expect(responses.map(({ status, body }) => [status, body.error.code])).toEqual([[429, 'rate_limited']]);
		expect(Number(responses[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
		expect(closedByServer).toBe(true);
		await expectServed();
	});

	test('stop counting when they are closed', async () => {
		await eventually(
			async () => {
				const socket = await openSocket(flooder);
				socket.write(`GET /v1/tools HTTP/1.1${CRLF}Host: x${CRLF}Connection: close${CRLF}${CRLF}`);
				const { responses } = await readConversation(socket);
				return responses[0]?.status === 200;
			},
			10_000,
			`${BASE_URL} still refuses connections of an address that has none`,
		);
	});
});
