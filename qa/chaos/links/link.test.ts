import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Link, openLink } from './link.ts';

let echo: Server;
let link: Link;
let port: number;
const sockets: Socket[] = [];

const portOf = (server: Server) => (server.address() as AddressInfo).port;

async function listen(server: Server): Promise<Server> {
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return server;
}

beforeEach(async () => {
	echo = await listen(
		createServer((socket) => {
			sockets.push(socket);
			socket.on('error', () => undefined).pipe(socket);
		}),
	);
	const free = await listen(createServer());
	port = portOf(free);
	free.close();
	await once(free, 'close');
	link = await openLink('a-b', port, portOf(echo));
});

afterEach(async () => {
	link.close();
	for (const socket of sockets.splice(0)) socket.destroy();
	echo.close();
	await once(echo, 'close');
});

function open(to = port): Socket {
	const socket = connect(to, '127.0.0.1').setEncoding('utf8');
	sockets.push(socket);
	return socket.on('error', () => undefined);
}

const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

async function answerOn(socket: Socket): Promise<string> {
	const response = once(socket, 'data');
	socket.write('hello');
	return (await response)[0];
}

/** Returns whether nothing comes back while another connection answers many times. */
async function isSilent(socket: Socket): Promise<boolean> {
	const received: string[] = [];
	socket.on('data', (text: string) => received.push(text));
	socket.write('hello');
	const direct = open(portOf(echo));
	for (let turn = 0; turn < 20; turn += 1) await answerOn(direct);
	return received.length === 0 && !socket.closed;
}

test('a whole link passes data and the end of a connection', async () => {
	const socket = open();
	expect(await answerOn(socket)).toBe('hello');
	const isOver = closed(socket);
	socket.end();
	await isOver;
});

test('a link that is cut breaks connections and refuses new ones until it is whole', async () => {
	const socket = open();
	await answerOn(socket);
	const broken = closed(socket);
	link.set('cut');
	await broken;
	await closed(open());
	link.set('whole');
	expect(await answerOn(open())).toBe('hello');
});

test('a silent link passes nothing, and breaks its connections when it is whole again', async () => {
	const [before, during] = [open(), open()];
	await answerOn(before);
	link.set('silent');
	expect([await isSilent(before), await isSilent(during)]).toEqual([true, true]);
	const broken = Promise.all([closed(before), closed(during)]);
	link.set('whole');
	await broken;
	expect(await answerOn(open())).toBe('hello');
});

test('lost connections stay silent while new ones work', async () => {
	const lost = open();
	await answerOn(lost);
	link.lose();
	expect(await answerOn(open())).toBe('hello');
	expect(await isSilent(lost)).toBe(true);
});

test('a slow link keeps the order of the data', async () => {
	link.set('slow', 5);
	const socket = open();
	const received: string[] = [];
	socket.on('data', (text: string) => received.push(text));
	const sent = Array.from({ length: 50 }, (_, index) => `${index} `);
	for (const text of sent) socket.write(text);
	const ended = once(socket, 'end');
	socket.end();
	await ended;
	expect(received.join('')).toBe(sent.join(''));
});
