import type { Defence } from './defence.ts';

const GATEWAY_APP = 'apps/gateway';
const SRC = `${GATEWAY_APP}/src`;
const REQUESTS = { suite: `${GATEWAY_APP}/test/requests.test.ts` };
const PROXYING = { suite: `${GATEWAY_APP}/test/proxying.test.ts` };
const rule = (name: string) => ({
	file: `${SRC}/domain/${name}.ts`,
	suite: `${SRC}/domain/${name}.test.ts`,
});
const TOKENS = rule('verify-token');
const SESSIONS = rule('live-sessions');
const TARGETS = rule('target');
const HEADS = rule('request-head');
const HEADERS = rule('forwarded-headers');
const CORS = rule('cors');
const CONNECTIONS = {
	file: `${SRC}/http/connection-limit.ts`,
	suite: `${GATEWAY_APP}/test/connections.test.ts`,
};
const EVICTION = { suite: `${GATEWAY_APP}/test/eviction.test.ts` };
const SERVER = { file: `${SRC}/http/public-server.ts`, ...REQUESTS };

const WHO_ASKS: readonly Defence[] = [
	{
		name: 'takes tokens that auth has signed with ES256, and no others',
		...TOKENS,
		code: "jwt.verify(token, key, { algorithms: ['ES256'], issuer: TOKEN_ISSUER, audience: TOKEN_AUDIENCE });",
		without: 'jwt.decode(token);',
		test: 'another key under the same name',
	},
	{
		name: 'takes no token without an expiry',
		...TOKENS,
		code: 'exp: z.number(),',
		without: 'exp: z.number().default(1e10),',
		test: 'without an expiry is refused',
	},
	{
		name: 'takes no token of another issuer',
		...TOKENS,
		code: 'iss: z.literal(TOKEN_ISSUER),',
		without: '',
		also: [{ file: TOKENS.file, code: ' issuer: TOKEN_ISSUER,', without: '' }],
		test: 'another issuer',
	},
	{
		name: 'takes no token for another audience',
		...TOKENS,
		code: 'aud: z.literal(TOKEN_AUDIENCE),',
		without: '',
		also: [{ file: TOKENS.file, code: ', audience: TOKEN_AUDIENCE', without: '' }],
		test: 'another audience',
	},
	{
		name: 'takes no token that has expired, though it was verified before',
		...TOKENS,
		code: 'if (!session) return verify(token);\n\t\tif (session.expiresAtMs <= Date.now()) throw expired();',
		without: 'if (!session) return verify(token);',
		test: 'is refused once it has expired, though it is known',
	},
	{
		name: 'forgets what a key has signed that is gone',
		...TOKENS,
		code: 'verified.clear();',
		without: '',
		test: 'of a key that was withdrawn is refused, though it is known',
	},
	{
		name: 'takes no two tokens in one request',
		...rule('bearer-token'),
		code: "if (countAuthorization(rawHeaders) !== 1) throw unauthorized('send one Authorization header');",
		without: '',
		test: 'two headers',
	},
	{
		name: 'refuses sessions that are over',
		file: `${SRC}/http/authenticate.ts`,
		code: 'if (!isAlive) throw signedOut();',
		without: '',
		suite: `${GATEWAY_APP}/test/sign-in.test.ts`,
		test: 'of a dead session is 401 and reaches no service',
	},
	{
		name: 'believes a revocation, whatever a look-up says that was under way',
		...SESSIONS,
		code: 'if (!alive || lookup.revoked) {',
		without: 'if (!alive) {',
		test: 'beats a lookup that is under way and was answered from before it',
	},
	{
		name: 'takes no session for alive without a lease',
		...SESSIONS,
		code: "if (!deps.lease.isValid()) throw unavailable('sign-in', new Error('no lease from auth'));",
		without: '',
		test: 'nothing is said of a session that was alive',
	},
	{
		name: 'reports itself healthy and ready only while it can serve signed-in requests',
		file: `${SRC}/dependencies.ts`,
		code: "return lease.isValid() ? undefined : 'no lease from auth';",
		without: 'return undefined;',
		suite: `${GATEWAY_APP}/test/health.test.ts`,
		test: 'health, readiness and startup are ok only once signed-in requests can be served',
	},
	{
		name: 'renews its lease while an earlier attempt hangs',
		file: `${SRC}/lease-renewer.ts`,
		code: 'const MAX_PENDING = 4;',
		without: 'const MAX_PENDING = 1;',
		suite: `${GATEWAY_APP}/test/sign-in.test.ts`,
		test: 'is renewed while an earlier renewal is not answered',
	},
	{
		name: 'believes nobody but trusted proxies about the address of a client',
		...rule('client-address'),
		code: 'while (isTrusted(client, trusted)) {',
		without: 'while (hops.length > 0) {',
		test: 'the peer is not trusted',
	},
];

const HOW_IT_IS_READ: readonly Defence[] = [
	{
		name: 'refuses dot segments',
		...TARGETS,
		code: "if (DOT_SEGMENT.test(decoded)) throw refuse('must not hold dot segments');",
		without: '',
		test: 'an encoded dot segment',
	},
	{
		name: 'refuses encoded separators and controls',
		...TARGETS,
		code: "if (HIDDEN_IN_SEGMENT.test(decoded)) throw refuse('must not hold encoded separators or controls');",
		without: '',
		test: 'an encoded backslash',
	},
	{
		name: 'refuses targets in another form than a path',
		...TARGETS,
		code: "if (!target.startsWith('/')) throw refuse('must start with a slash');",
		without: '',
		test: 'authority form',
	},
	{
		name: 'refuses transfer codings that two readers may read differently',
		...HEADS,
		code: "if (coding.toLowerCase() !== 'chunked') {",
		without: "if (coding === '') {",
		test: 'another transfer coding',
	},
	{
		name: 'refuses chunks where an older reader sees none',
		file: HEADS.file,
		code: "if (httpVersion === '1.0') {",
		without: "if (httpVersion === '') {",
		...REQUESTS,
		test: 'chunks in HTTP/1.0',
		isSlow: true,
	},
	{
		name: 'refuses a request for two hosts',
		file: HEADS.file,
		code: 'if (countHosts(head.rawHeaders) > 1) {',
		without: 'if (countHosts(head.rawHeaders) < 0) {',
		...REQUESTS,
		test: 'two hosts',
		isSlow: true,
	},
	{
		name: 'reads nothing behind a request that it refused',
		file: `${SRC}/http/handle-public.ts`,
		code: '\t} catch (error) {\n\t\tendConnection(exchange);\n',
		without: '\t} catch (error) {\n',
		...REQUESTS,
		test: 'what comes behind a refused request is neither answered nor done',
		isSlow: true,
	},
	{
		name: 'passes on a closed list of headers, in which no identity is',
		...HEADERS,
		code: 'for (const name of FROM_CLIENT) {',
		without: 'for (const name of Object.keys(client)) {',
		test: 'never passes a client’s',
	},
	{
		name: 'lets no stranger say what is traced, and under which id',
		file: `${SRC}/http/exchange-span.ts`,
		code: "trustsClients && typeof given === 'string'",
		without: "typeof given === 'string'",
		suite: `${GATEWAY_APP}/test/traces.test.ts`,
		test: 'a client’s is gone on with only where clients are trusted',
	},
];

const HOW_MUCH_IT_TAKES: readonly Defence[] = [
	{
		name: 'bounds how many headers a request has',
		...HEADS,
		code: 'if (head.rawHeaders.length / 2 > limits.headerCount) {',
		without: 'if (head.rawHeaders.length < 0) {',
		test: 'too many headers',
	},
	{
		name: 'bounds the bytes of the headers',
		...SERVER,
		code: 'maxHeaderSize: limits.headerBytes,',
		without: 'maxHeaderSize: 1024 * 1024,',
		test: '16 KiB of headers',
		isSlow: true,
	},
	{
		name: 'bounds a body that tells its length',
		file: `${SRC}/http/body-budget.ts`,
		code: 'if (bytes > limitBytes) throw bodyTooLarge(limitBytes);',
		without: '',
		...PROXYING,
		test: 'of 1 MiB of empty arrays never reaches the service of a sign-in',
	},
	{
		name: 'bounds a body that does not tell its length',
		file: `${SRC}/http/proxy.ts`,
		code: 'if (countBytes <= limitBytes) return;',
		without: 'return;',
		...PROXYING,
		test: 'in chunks beyond the limit is cut',
	},
	{
		name: 'gives a client only so long for the head of a request',
		...SERVER,
		code: 'headersTimeout: limits.headersTimeoutMs,\n\t\trequestTimeout: limits.requestTimeoutMs,',
		without: 'headersTimeout: 0,\n\t\trequestTimeout: 0,',
		test: 'whose head never ends is refused in time',
		isSlow: true,
	},
	{
		name: 'gives a client only so long for the body of a request',
		...SERVER,
		code: 'requestTimeout: limits.requestTimeoutMs,',
		without: 'requestTimeout: 0,',
		test: 'whose body never ends is refused in time',
		isSlow: true,
	},
	{
		name: 'bounds the connections of one address',
		...CONNECTIONS,
		code: 'if (open <= limits.connectionsPerAddress) return;',
		without: 'return;',
		test: 'another address is served meanwhile',
	},
	{
		name: 'bounds all connections together',
		file: CONNECTIONS.file,
		...EVICTION,
		code: 'server.maxConnections = limits.connections;',
		without: '',
		test: 'new connections beyond the limit are closed unread',
		isSlow: true,
	},
	{
		name: 'closes idle connections for new ones',
		file: CONNECTIONS.file,
		...EVICTION,
		code: 'victim.connection.socket.destroy();',
		without: '',
		test: 'that %s keep nobody out, and close nobody else’s',
	},
	{
		name: 'closes connections of the network that has most',
		file: `${SRC}/domain/connection-table.ts`,
		suite: `${SRC}/domain/connection-table.test.ts`,
		code: 'if (size <= foundSize || !matches(network)) continue;',
		without: 'if (!matches(network)) continue;',
		test: 'is of the network that has most open',
	},
	{
		name: 'gives up requests that do not arrive for new connections',
		file: `${SRC}/domain/connection-table.ts`,
		...EVICTION,
		code: "return connection && { connection, reason: 'slow_request' };",
		without: 'return undefined;',
		test: 'by requests that do not arrive, a new client is served all the same',
	},
	{
		name: 'serves live sessions rather than strangers when all connections are in use',
		file: `${SRC}/http/handle-public.ts`,
		...EVICTION,
		code: 'if (deps.connections.isCrowded()) {',
		without: 'if (exchange.answeredBy) {',
		test: 'requests of live sessions are served and others get 503',
	},
];

const WHAT_IT_ANSWERS: readonly Defence[] = [
	{
		name: 'lets no browser guess what an answer is',
		...SERVER,
		code: "...['X-Content-Type-Options', 'nosniff'],",
		without: '',
		test: 'is stored by nobody, sniffed by nobody, and sets no cookie',
	},
	{
		name: 'lets nobody store an answer',
		...SERVER,
		code: "...['Cache-Control', 'no-store'],",
		without: '',
		test: 'is stored by nobody, sniffed by nobody, and sets no cookie',
	},
	{
		name: 'lets no answer be shown as a page',
		...SERVER,
		code: "...['Content-Security-Policy', \"default-src 'none'; frame-ancestors 'none'\"],",
		without: '',
		test: 'is stored by nobody, sniffed by nobody, and sets no cookie',
	},
	{
		name: 'tells clients nothing that a service says of itself',
		...HEADERS,
		code: 'for (const name of FROM_SERVICE) {',
		without: 'for (const name of Object.keys(service)) {',
		test: 'passes nothing on that is not known',
	},
	{
		name: 'lets only the web origins of the configuration read answers',
		...CORS,
		code: 'if (origin === undefined || !origins.has(origin)) return',
		without: 'if (origin === undefined) return',
		test: 'read nothing and keeps caches apart',
	},
	{
		name: 'answers preflights of these origins alone',
		...CORS,
		code: 'if (request.origin === undefined || !origins.has(request.origin)) return undefined;',
		without: '',
		test: 'of another origin',
	},
];

/** What every request meets before a service does. */
export const GATEWAY: readonly Defence[] = [
	...WHO_ASKS,
	...HOW_IT_IS_READ,
	...HOW_MUCH_IT_TAKES,
	...WHAT_IT_ANSWERS,
];
