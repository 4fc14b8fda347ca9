import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import { openBalancer } from './balancer.ts';

const servers: Server[] = [];
afterEach(async () => {
	for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

const portOf = (server: Server) => (server.address() as AddressInfo).port;

async function listen(onConnection: (socket: Socket) => void): Promise<Server> {
	const server = createServer({ allowHalfOpen: true }, (socket) => {
		socket.on('error', () => undefined);
		onConnection(socket);
	});
	servers.push(server.listen(0, '127.0.0.1'));
	await once(server, 'listening');
	return server;
}

/** Starts a replica that sends its name, then what it receives. */
const startReplica = (name: string) =>
	listen((socket) => {
		socket.write(`${name}:`);
		socket.pipe(socket);
	});

async function balance(...replicas: Server[]): Promise<number> {
	const server = await openBalancer(0, replicas.map(portOf));
	servers.push(server);
	return portOf(server);
}

async function ask(port: number, question: string): Promise<string> {
	const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
	socket.end(question);
	return await text(socket);
}

test('connections go to the replicas in turn, with all bytes in both directions', async () => {
	const port = await balance(await startReplica('a'), await startReplica('b'));
	const answers = [await ask(port, 'one'), await ask(port, 'two'), await ask(port, 'three')];
	const [first, second, third] = answers.map((answer) => answer[0]);
	expect(answers.map((answer) => answer.slice(1))).toEqual([':one', ':two', ':three']);
	expect([first, second].sort()).toEqual(['a', 'b']);
	expect(third).toBe(first);
});

test('a replica that is down is skipped', async () => {
	const [a, b] = [await startReplica('a'), await startReplica('b')];
	const port = await balance(a, b);
	await new Promise((resolve) => a.close(resolve));
	expect([await ask(port, '1'), await ask(port, '2')]).toEqual(['b:1', 'b:2']);
});

test('the connection breaks when all replicas are down', async () => {
	const a = await startReplica('a');
	const port = await balance(a);
	await new Promise((resolve) => a.close(resolve));
	await expect(ask(port, '1')).rejects.toThrow(/ECONNRESET/);
});

test('a connection that breaks on one side breaks on the other', async () => {
	const breaking = await listen((socket) => {
		socket.write('half of an answ', () => socket.resetAndDestroy());
	});
	const port = await balance(breaking);
	await expect(text(connect({ port, host: '127.0.0.1', allowHalfOpen: true }))).rejects.toThrow(/ECONNRESET/);
});
