import type { Defence } from './defence.ts';

const GATEWAY_APP = 'apps/gateway';
const HTTP = `${GATEWAY_APP}/src/http`;
const BODIES = { file: `${HTTP}/body-budget.ts`, suite: `${GATEWAY_APP}/test/body-budget.test.ts` };
const CONNECTIONS = { suite: `${GATEWAY_APP}/test/connections.test.ts` };
const USER_LIMITS = { suite: `${GATEWAY_APP}/test/user-limits.test.ts` };
const TLS = { suite: `${GATEWAY_APP}/test/tls.test.ts` };
const REQUESTS = { suite: `${GATEWAY_APP}/test/requests.test.ts` };

/** What one client may take of the gateway, and what one request may do to the next on its connection. */
export const CONNECTIONS_AND_BODIES: readonly Defence[] = [
	{
		name: 'bounds the bytes of bodies that one address has under way',
		...BODIES,
		code: 'if (held > limits.bodyBytesPerAddress) {',
		without: 'if (held < 0) {',
		test: 'a body beyond what an address may have under way is refused',
		isSlow: true,
	},
	{
		name: 'counts a body that does not tell its length as the longest',
		...BODIES,
		code: 'isChunked(headers) ? limitBytes : Number',
		without: 'isChunked(headers) ? 0 : Number',
		test: 'a body beyond what an address may have under way is refused',
		isSlow: true,
	},
	{
		name: 'counts bodies by the address that a trusted proxy names',
		...BODIES,
		code: 'return ({ req: { headers }, res, clientNetwork: network }, operation) => {',
		without:
			"return ({ req: { headers, socket }, res }, operation) => {\n\t\tconst network = socket.remoteAddress ?? '';",
		test: 'behind a trusted proxy it is the client’s address that counts',
		isSlow: true,
	},
	{
		name: 'bounds how many requests a user sends',
		file: `${HTTP}/admit-user.ts`,
		...USER_LIMITS,
		code: "if (waitMs > 0) throw refusal('rate', waitMs / 1_000);",
		without: '',
		test: 'gets 429 with Retry-After, whichever session they come from, while others are served',
	},
	{
		name: 'bounds how many requests of a user are under way',
		file: `${HTTP}/admit-user.ts`,
		...USER_LIMITS,
		code: 'if (!isAdmitted) {',
		without: 'if (res.closed && !isAdmitted) {',
		test: 'waits for permits, and gets 429 after a while',
		isSlow: true,
	},
	{
		name: 'lets a user sign out whatever else is under way',
		file: `${HTTP}/admit-user.ts`,
		...USER_LIMITS,
		code: 'if (cost === 0) return undefined;',
		without: '',
		test: 'can still sign out, past the requests that wait',
		isSlow: true,
	},
	{
		name: 'keeps waits of a user from taking the place of short requests',
		file: `${HTTP}/admit-user.ts`,
		...USER_LIMITS,
		code: "const limit = hold?.held ? 'waits' : 'requests';",
		without: "const limit = hold?.held ? 'requests' : 'requests';",
		test: 'have a limit of their own, and leave short requests through',
	},
	{
		name: 'grants no fresh burst after an eviction',
		file: `${GATEWAY_APP}/src/domain/token-buckets.ts`,
		suite: `${GATEWAY_APP}/src/domain/token-buckets.test.ts`,
		code: 'evictedFullAtMs = Math.max(evictedFullAtMs, atMs);',
		without: 'void atMs;',
		test: 'is not full again after its eviction',
	},
	{
		name: 'closes many more connections than an address may have unread',
		file: `${HTTP}/connection-limit.ts`,
		...CONNECTIONS,
		code: 'if (open > 2 * limits.connectionsPerAddress) connection.socket.destroy();',
		without: '',
		test: 'many more than it may have are closed unread',
	},
	{
		name: 'gives a head less time than a whole request',
		file: `${HTTP}/public-server.ts`,
		...CONNECTIONS,
		code: 'headersTimeout: limits.headersTimeoutMs,',
		without: 'headersTimeout: limits.requestTimeoutMs,',
		test: 'a head has less time than a whole request',
		isSlow: true,
	},
	{
		name: 'reads nothing behind an offer of another protocol',
		file: `${HTTP}/handle-public.ts`,
		...REQUESTS,
		code: 'if (req.headers.upgrade !== undefined) endConnection(exchange);',
		without: '',
		test: 'that asks for another protocol is served in this one, and is the last',
		isSlow: true,
	},
	{
		name: 'answers no request with what is wrong with the next',
		file: `${HTTP}/client-error.ts`,
		...REQUESTS,
		code: '} else if (exchange.req.complete) {',
		without: '} else if (socket.destroyed) {',
		test: 'what is not HTTP is refused after the answers that are due',
	},
	{
		name: 'makes the id of a request itself',
		file: `${HTTP}/exchange.ts`,
		...REQUESTS,
		code: "const requestId = newId('req');",
		without: "const requestId = String(req.headers['x-request-id'] ?? newId('req'));",
		test: 'has a request id of the gateway’s, whatever the client sent',
	},
	{
		name: 'lets no other origin embed an answer',
		file: `${HTTP}/public-server.ts`,
		...REQUESTS,
		code: "...['Cross-Origin-Resource-Policy', 'same-origin'],",
		without: '',
		test: 'is stored by nobody, sniffed by nobody, and sets no cookie',
	},
	{
		name: 'bounds the connections of an address by TLS, too',
		file: `${HTTP}/connection-limit.ts`,
		...TLS,
		code: 'socket.connection = connection;\n\t\t\t});',
		without: '',
		test: 'one more is told so and closed, and another address is served',
	},
	{
		name: 'waits no longer for a handshake than for the head of a request',
		file: `${HTTP}/public-server.ts`,
		...TLS,
		code: 'handshakeTimeout: limits.headersTimeoutMs',
		without: '',
		test: 'a connection without a handshake ends in time',
		isSlow: true,
	},
	{
		name: 'tells browsers that came by TLS to come by nothing else',
		file: `${HTTP}/public-server.ts`,
		...TLS,
		code: "const STRICT_TRANSPORT = ['Strict-Transport-Security', 'max-age=31536000'];",
		without: 'const STRICT_TRANSPORT: string[] = [];',
		test: 'the API is there by TLS, and browsers are told to come by nothing else',
	},
	{
		name: 'takes no certificate into use that does not fit its key',
		file: `${GATEWAY_APP}/src/http/certificate.ts`,
		...TLS,
		code: 'createSecureContext(certificate);',
		without: '',
		test: 'the gateway does not start on files that are no certificate',
	},
];
