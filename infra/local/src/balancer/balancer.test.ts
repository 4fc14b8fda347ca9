import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from '@jest/globals';
import { openBalancer } from './balancer.ts';

const servers: Server[] = [];
afterEach(async () => {
	for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** Says its name, then what it was told. */
async function replica(name: string): Promise<{ port: number; server: Server }> {
	const server = createServer({ allowHalfOpen: true }, (socket) => {
		socket.on('error', () => undefined);
		socket.write(`${name}:`);
		socket.pipe(socket);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	servers.push(server);
	return { port: (server.address() as AddressInfo).port, server };
}

async function balancer(...ports: number[]): Promise<number> {
	const server = await openBalancer(0, ports);
	servers.push(server);
	return (server.address() as AddressInfo).port;
}

function dial(port: number): Socket {
	return connect({ port, host: '127.0.0.1', allowHalfOpen: true });
}

async function ask(port: number, question: string): Promise<string> {
	const socket = dial(port);
	socket.end(question);
	return await text(socket);
}

test('connections go to the replicas in turn, with all that is said in both directions', async () => {
	const port = await balancer((await replica('a')).port, (await replica('b')).port);
	const answers = [await ask(port, 'one'), await ask(port, 'two'), await ask(port, 'three')];
	const names = answers.map((answer) => answer[0]);
	expect(answers.map((answer) => answer.slice(1))).toEqual([':one', ':two', ':three']);
	expect([names[0], names[1]].sort()).toEqual(['a', 'b']);
	expect(names[2]).toBe(names[0]);
});

test('a replica that is away is passed over', async () => {
	const [a, b] = [await replica('a'), await replica('b')];
	const port = await balancer(a.port, b.port);
	await new Promise((resolve) => a.server.close(resolve));
	expect([await ask(port, '1'), await ask(port, '2')]).toEqual(['b:1', 'b:2']);
});

test('where all are away the connection breaks, and does not look like an answer', async () => {
	const a = await replica('a');
	const port = await balancer(a.port);
	await new Promise((resolve) => a.server.close(resolve));
	await expect(ask(port, '1')).rejects.toThrow(/ECONNRESET/);
});

test('a connection that breaks on one side breaks on the other', async () => {
	const breaking = createServer((socket) => {
		socket.on('error', () => undefined);
		socket.write('half of an answ', () => socket.resetAndDestroy());
	});
	breaking.listen(0, '127.0.0.1');
	await once(breaking, 'listening');
	servers.push(breaking);
	const port = await balancer((breaking.address() as AddressInfo).port);
	await expect(text(dial(port))).rejects.toThrow(/ECONNRESET/);
});
