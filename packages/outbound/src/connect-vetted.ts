import { constants } from 'node:crypto';
import { isIP } from 'node:net';
import { buildConnector } from 'undici';
import { type AddressPolicy, findOwnAddresses, isAllowedAddress } from './address-policy.ts';
import { guardHandshake } from './guard-handshake.ts';
import type { CpuUsage } from './handshake-budget.ts';
import { limitResponses } from './limit-responses.ts';
import { OutboundError } from './outbound-error.ts';
import type { Resolve } from './resolve-addresses.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** Maximum number of addresses of a name that are tried. */
const MAX_TRIED_ADDRESSES = 3;
/** A DNS answer can have thousands of addresses, and checking them would block the event loop. Legitimate names have far fewer. */
const MAX_ADDRESSES = 64;

/**
 * TLS 1.3, and elliptic curves with TLS 1.2. With DHE, the server chooses the size of the prime: one of 10,000 bits blocks the event loop for a
 * second, before its certificate is checked.
 */
const CIPHERS = 'TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:ECDHE';

/** Tells the owner of a URL neither whether a private name exists nor where it leads. The failure is only counted. */
const NOT_PUBLIC = `The host name must resolve to public addresses only, at most ${MAX_ADDRESSES}. Check its DNS records.`;

interface ConnectOptions {
	policy: AddressPolicy;
	resolve: Resolve;
	/** Certificate authorities (PEM) in place of those of Node. */
	ca?: string;
	/** Returns the CPU time of the handshakes of the user for whom it connects. */
	handshakeCpu: () => CpuUsage;
}

/**
 * Returns a connector that resolves a name once and connects to an address that it has checked. It uses the name for SNI and to verify the
 * certificate. If one address of a name is forbidden, it refuses all: no legitimate name has both private and public addresses. Its
 * connections limit the size of responses.
 */
export function createVettedConnector(options: ConnectOptions): buildConnector.connector {
	const { policy, resolve, ca, handshakeCpu } = options;
	const connectTo = buildConnector({
		timeout: CONNECT_TIMEOUT_MS,
		allowH2: false,
		ciphers: CIPHERS,
		// A second handshake could have another certificate chain, and would not be guarded.
		secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
		// A resumed session would skip the check of the name in the certificate.
		maxCachedSessions: 0,
		...(ca === undefined ? {} : { ca }),
	});
	const open = async (target: buildConnector.Options) => {
		const { hostname, protocol } = target;
		if (protocol === 'https:') handshakeCpu().throwIfUsedUp();
		const isName = isIP(hostname) === 0;
		const servername = target.servername || (isName ? hostname : undefined);
		const addresses = isName ? await resolveOrExplain(resolve, hostname) : [hostname];
		if (!areAllowed(addresses, policy)) throw new OutboundError('address_not_allowed', NOT_PUBLIC);
		return await connectToFirst(addresses.slice(0, MAX_TRIED_ADDRESSES), (address) =>
			connectWithin(
				connectTo,
				{ ...target, hostname: address, ...(servername && { servername }) },
				handshakeCpu(),
			),
		);
	};
	return (target, callback) => {
		open(target).then(
			(socket) => callback(null, socket),
			(error: Error) => callback(error, null),
		);
	};
}

function areAllowed(addresses: readonly string[], policy: AddressPolicy): boolean {
	if (addresses.length === 0 || addresses.length > MAX_ADDRESSES) return false;
	const ownAddresses = findOwnAddresses();
	return addresses.every((address) => isAllowedAddress(address, policy, ownAddresses));
}

async function resolveOrExplain(resolve: Resolve, hostname: string): Promise<readonly string[]> {
	try {
		return await resolve(hostname);
	} catch (cause) {
		throw new OutboundError('dns_failed', NOT_PUBLIC, { cause });
	}
}

/** Returns the first connection that succeeds. Rejects with the error of the last address. */
async function connectToFirst<T>(
	addresses: readonly string[],
	connect: (address: string) => Promise<T>,
): Promise<T> {
	const [address = '', ...others] = addresses;
	try {
		return await connect(address);
	} catch (error) {
		if (others.length === 0) throw error;
		return await connectToFirst(others, connect);
	}
}

/** Connects with TCP, then with TLS if necessary, so that the limits count bytes before decryption. */
async function connectWithin(
	connectTo: buildConnector.connector,
	target: buildConnector.Options,
	handshakeCpu: CpuUsage,
): Promise<Socket> {
	const isSecure = target.protocol === 'https:';
	const port = target.port || (isSecure ? '443' : '80');
	const connection = await promisify(connectTo, { ...target, port, protocol: 'http:' });
	const limit = limitResponses(connection);
	if (!isSecure) {
		limit(connection);
		return connection;
	}
	const { stream, markSucceeded } = guardHandshake(connection, handshakeCpu);
	// TLS takes any stream, although undici names only sockets.
	const socket = await promisify(connectTo, { ...target, port, httpSocket: stream as Socket });
	markSucceeded();
	limit(socket);
	return socket;
}

type Socket = Parameters<buildConnector.Callback>[1] & object;

function promisify(connect: buildConnector.connector, target: buildConnector.Options): Promise<Socket> {
	return new Promise((resolve, reject) => {
		connect(target, (error, socket) => (socket ? resolve(socket) : reject(error)));
	});
}
