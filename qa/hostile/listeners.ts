import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

const ANY_ADDRESS = '0.0.0.0';
/** FTP, HTTP, HTTPS and SMB, which have a listener where the port is free and we may bind it. */
const SERVICES = [21, 80, 443, 445];
const DNS = 53;

/** Listens on every address of this host, and records each connection and name query. */
export async function listen() {
	const received: string[] = [];
	const tcp = (port: number) => {
		const server = createServer((socket) => {
			received.push(`a connection to port ${port}`);
			socket.destroy();
		}).listen(port, ANY_ADDRESS);
		return once(server, 'listening').then(() => server);
	};
	const names = createSocket('udp4', (message) => received.push(`a name query, ${message.length} bytes`));
	names.bind(DNS, ANY_ADDRESS);
	await once(names, 'listening').catch(() => undefined);
	const main = await tcp(0);
	const others = await Promise.allSettled(SERVICES.map(tcp));
	const servers = [main, ...others.flatMap((other) => (other.status === 'fulfilled' ? [other.value] : []))];
	const address = main.address();
	return {
		/** Loopback, then the host's own addresses. */
		hosts: ['127.0.0.1', ...ownAddresses()],
		/** A free port, which always has a listener. */
		port: typeof address === 'object' && address ? address.port : 0,
		received: (): readonly string[] => received,
		async close(): Promise<void> {
			names.close();
			await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
		},
	};
}

function ownAddresses(): string[] {
	const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
	return all.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address);
}
