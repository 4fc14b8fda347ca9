import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import { openProxy, type TcpProxy } from './proxy.ts';

const servers: Server[] = [];
const proxies: TcpProxy[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
	for (const proxy of proxies.splice(0)) proxy.close();
	for (const socket of sockets.splice(0)) socket.destroy();
	for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

const portOf = (server: Server) => (server.address() as AddressInfo).port;

async function listen(onConnection: (socket: Socket) => void): Promise<Server> {
	const server = createServer({ allowHalfOpen: true }, (socket) => {
		sockets.push(socket.on('error', () => undefined));
		onConnection(socket);
	});
	servers.push(server.listen(0, '127.0.0.1'));
	await once(server, 'listening');
	return server;
}

/** Starts a replica that sends its name, then what it receives. */
const startReplica = (name: string) =>
	listen((socket) => {
		socket.write(name);
		socket.pipe(socket);
	});

/** Opens a proxy before these replicas, and returns it with its port. */
async function before(...replicas: Server[]): Promise<{ port: number; proxy: TcpProxy }> {
	const proxy = await openProxy(0, replicas.map(portOf));
	proxies.push(proxy);
	return { port: portOf(proxy.server), proxy };
}

async function ask(port: number, question: string): Promise<string> {
	const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
	socket.end(question);
	return await text(socket);
}

test('connections go to the replicas in turn, with all bytes in both directions', async () => {
	const { port } = await before(await startReplica('a:'), await startReplica('b:'));
	const responses = [await ask(port, 'one'), await ask(port, 'two')];
	expect(responses.toSorted()).toEqual(['a:one', 'b:two']);
});

function open(port: number): Socket {
	const socket = connect(port, '127.0.0.1').setEncoding('utf8');
	sockets.push(socket);
	return socket.on('error', () => undefined);
}

const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

async function responseOn(socket: Socket): Promise<string> {
	const response = once(socket, 'data');
	socket.write('hello');
	return (await response)[0];
}

test('a cut proxy breaks connections and refuses new ones until it is restored', async () => {
	const { port, proxy } = await before(await startReplica(''));
	const socket = open(port);
	expect(await responseOn(socket)).toBe('hello');
	const broken = closed(socket);
	proxy.set('cut');
	await broken;
	await closed(open(port));
	proxy.set('whole');
	expect(await responseOn(open(port))).toBe('hello');
});

/** Opens a connection and uses it. `isSilent` returns whether nothing comes back while the replica itself responds many times. */
async function silenceOf(port: number, replica: Server) {
	const isSilent = async (socket: Socket) => {
		const received: string[] = [];
		socket.on('data', (text: string) => received.push(text));
		socket.write('hello');
		const direct = open(portOf(replica));
		for (let turn = 0; turn < 20; turn += 1) await responseOn(direct);
		return received.length === 0 && !socket.closed;
	};
	const used = open(port);
	await responseOn(used);
	return { used, isSilent };
}

test('a silent proxy passes nothing, and breaks its connections when it is restored', async () => {
	const replica = await startReplica('');
	const { port, proxy } = await before(replica);
	const { used, isSilent } = await silenceOf(port, replica);
	const unused = open(port);
	proxy.set('silent');
	expect([await isSilent(used), await isSilent(unused)]).toEqual([true, true]);
	const broken = Promise.all([closed(used), closed(unused)]);
	proxy.set('whole');
	await broken;
	expect(await responseOn(open(port))).toBe('hello');
});

test('lost connections stay silent while new ones work', async () => {
	const replica = await startReplica('');
	const { port, proxy } = await before(replica);
	const { used, isSilent } = await silenceOf(port, replica);
	proxy.lose();
	expect(await responseOn(open(port))).toBe('hello');
	expect(await isSilent(used)).toBe(true);
});

test('a slow proxy keeps the order of the data', async () => {
	const { port, proxy } = await before(await startReplica(''));
	proxy.set('slow', 5);
	const sent = Array.from({ length: 50 }, (_, index) => `${index} `);
	const socket = open(port);
	for (const text of sent) socket.write(text);
	socket.end();
	expect(await text(socket)).toBe(sent.join(''));
});
