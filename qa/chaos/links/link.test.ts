import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Link, openLink } from './link.ts';

let echo: Server;
let link: Link;
let port: number;
const sockets: Socket[] = [];

beforeEach(async () => {
	echo = createServer((socket) => {
		sockets.push(socket);
		socket.on('error', () => undefined).pipe(socket);
	});
	echo.listen(0, '127.0.0.1');
	await once(echo, 'listening');
	const free = createServer().listen(0, '127.0.0.1');
	await once(free, 'listening');
	port = (free.address() as AddressInfo).port;
	free.close();
	await once(free, 'close');
	link = await openLink('a-b', port, (echo.address() as AddressInfo).port);
});

afterEach(async () => {
	link.close();
	for (const socket of sockets.splice(0)) socket.destroy();
	echo.close();
	await once(echo, 'close');
});

function open(): Socket {
	const socket = connect(port, '127.0.0.1').setEncoding('utf8');
	socket.on('error', () => undefined);
	sockets.push(socket);
	return socket;
}

const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

async function answerOn(socket: Socket): Promise<string> {
	const answer = once(socket, 'data');
	socket.write('hello');
	return (await answer)[0];
}

/** Whatever comes first: an answer, or the answer on another connection that is asked later. */
async function isSilent(socket: Socket): Promise<boolean> {
	let heard = false;
	socket.on('data', () => {
		heard = true;
	});
	socket.write('hello');
	const direct = connect((echo.address() as AddressInfo).port, '127.0.0.1').setEncoding('utf8');
	sockets.push(direct);
	for (let turn = 0; turn < 20; turn += 1) await answerOn(direct);
	return !heard && !socket.closed;
}

test('a whole link passes what is said, and that it is over', async () => {
	const socket = open();
	expect(await answerOn(socket)).toBe('hello');
	const isOver = closed(socket);
	socket.end();
	await isOver;
});

test('a link that is cut breaks connections and takes no others, until it is whole', async () => {
	const socket = open();
	await answerOn(socket);
	const broken = closed(socket);
	link.set('cut');
	await broken;
	await closed(open());
	link.set('whole');
	expect(await answerOn(open())).toBe('hello');
});

test('a silent link tells nobody anything, and breaks what it held when it is whole again', async () => {
	const [before, during] = [open(), open()];
	await answerOn(before);
	link.set('silent');
	expect([await isSilent(before), await isSilent(during)]).toEqual([true, true]);
	const broken = Promise.all([closed(before), closed(during)]);
	link.set('whole');
	await broken;
	expect(await answerOn(open())).toBe('hello');
});

test('connections that are lost stay silent while new ones work', async () => {
	const lost = open();
	await answerOn(lost);
	link.lose();
	expect(await answerOn(open())).toBe('hello');
	expect(await isSilent(lost)).toBe(true);
});

test('a slow link keeps the order of what is said', async () => {
	link.set('slow', 5);
	const socket = open();
	let heard = '';
	socket.on('data', (text: string) => {
		heard += text;
	});
	for (let n = 0; n < 50; n += 1) socket.write(`${n} `);
	const ended = once(socket, 'end');
	socket.end();
	await ended;
	expect(heard.trim().split(' ')).toEqual(Array.from({ length: 50 }, (_, n) => String(n)));
});
