import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';

interface Listeners {
	/** Loopback, then the machine's own addresses. */
	hosts: readonly string[];
	/** Of the one that is always there; those of well-known services are beside it, where they are free. */
	port: number;
	heard(): readonly string[];
	close(): Promise<void>;
}

const EVERYWHERE = '0.0.0.0';
/** Of files: FTP, HTTP, HTTPS, SMB. */
const SERVICES = [21, 80, 443, 445];
const DNS = 53;

/** Listens on every address of this machine, and remembers whoever comes. */
export async function listen(): Promise<Listeners> {
	const heard: string[] = [];
	const main = await listenTo(0, heard);
	if (!main) throw new Error('no port is free');
	const address = main.address();
	const port = typeof address === 'object' && address ? address.port : 0;
	const servers = [main];
	for (const service of SERVICES) {
		const server = await listenTo(service, heard);
		if (server) servers.push(server);
	}
	const dns = await listenForNames(heard);
	return {
		...{ hosts: ['127.0.0.1', ...ownAddresses()], port, heard: () => heard },
		async close() {
			dns?.close();
			await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
		},
	};
}

function ownAddresses(): string[] {
	const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
	return all.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address);
}

/** Undefined where somebody else has the port, or it takes more rights than ours. */
async function listenTo(port: number, heard: string[]): Promise<Server | undefined> {
	const server = createServer((socket) => {
		heard.push(`a connection to port ${port}`);
		socket.destroy();
	});
	try {
		server.listen(port, EVERYWHERE);
		await once(server, 'listening');
		return server;
	} catch {
		return undefined;
	}
}

async function listenForNames(heard: string[]): Promise<Socket | undefined> {
	const socket = createSocket('udp4', (message) =>
		heard.push(`a question for a name, ${message.length} bytes`),
	);
	try {
		socket.bind(DNS, EVERYWHERE);
		await once(socket, 'listening');
		return socket;
	} catch {
		return undefined;
	}
}
