import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { generate } from 'selfsigned';

type Options = { host?: string };

/** Starts a server on loopback. Requests that hang are cut at its end. */
export async function startServer(handle: RequestListener, { host = '127.0.0.1' }: Options = {}) {
	const server = createServer(handle);
	await new Promise<void>((resolve) => server.listen(0, host, resolve));
	return handleOf(server);
}

type SecureOptions = TlsOptions & {
	/** At least so many bytes of certificates follow the server's own. */
	chainBytes?: number;
};

/** Starts an HTTPS server whose certificate, with an RSA key, is for `name`. */
export async function startSecureServer(
	name: string,
	handle: RequestListener,
	{ chainBytes = 0, ...options }: SecureOptions = {},
) {
	const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
		extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
	});
	// PEM is longer than the bytes that it encodes.
	const chain = `${cert}\n`.repeat(1 + Math.ceil((1.5 * chainBytes) / cert.length));
	const server = createSecureServer({ ...options, key, cert: chain }, handle);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { ...handleOf(server), cert };
}

function handleOf(server: ReturnType<typeof createServer>) {
	return {
		port: (server.address() as AddressInfo).port,
		async stop() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
