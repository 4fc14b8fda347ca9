import { inPackage, type Mutant } from '../mutant.ts';
import {
	dropCall,
	dropOperand,
	dropProperty,
	forceCondition,
	replaceCall,
	replaceConstant,
	replaceProperty,
	replaceReturn,
	replaceText,
} from '../operators.ts';

const gateway = inPackage('gateway');

const AUTHENTICATION: readonly Mutant[] = [
	{
		name: 'accepts only tokens that auth has signed with ES256',
		mutations: [gateway('verifySignature', replaceCall('verify', 'jwt.decode(token)'))],
		test: 'another key under the same name',
	},
	{
		name: 'rejects tokens without an expiry',
		mutations: [gateway('claimsSchema', replaceProperty('exp', 'z.number().default(1e10)'))],
		test: 'without an expiry is rejected',
	},
	{
		name: 'rejects tokens of another issuer',
		mutations: [
			gateway('claimsSchema', dropProperty('iss')),
			gateway('verifySignature', dropProperty('issuer')),
		],
		test: 'another issuer',
	},
	{
		name: 'rejects tokens for another audience',
		mutations: [
			gateway('claimsSchema', dropProperty('aud')),
			gateway('verifySignature', dropProperty('audience')),
		],
		test: 'another audience',
	},
	{
		name: 'rejects expired tokens, even if they were verified before',
		mutations: [gateway('createTokenVerifier.findCached', forceCondition(false, 'expiresAtMs'))],
		test: 'is rejected after its expiry, though it is cached',
	},
	{
		name: 'drops verified tokens of a removed signing key',
		mutations: [gateway('clearIfKeysChanged', dropCall('clear'))],
		test: 'of a removed key is rejected, though it is cached',
	},
	{
		name: 'rejects a request with two tokens',
		mutations: [gateway('readBearerToken', forceCondition(false, 'countAuthorization'))],
		test: 'two headers',
	},
	{
		name: 'rejects ended sessions',
		mutations: [gateway('authenticateSession', forceCondition(false, 'isAlive'))],
		test: 'of a dead session gets 401 and reaches no service',
	},
	{
		name: 'lets a revocation override a lookup that is in progress',
		mutations: [gateway('createLiveCredentials', dropOperand('revoked'))],
		test: 'overrides a lookup in progress',
	},
	{
		name: 'trusts no cached session or API key without a lease',
		mutations: [gateway('createLiveCredentials.find', forceCondition(false, 'lease'))],
		test: 'a credential that was alive is rejected',
	},
	{
		name: 'repeats the lookup of an API key that was changed during it',
		mutations: [gateway('createLiveCredentials.fetchAndCache', forceCondition(false, 'lookup.changed'))],
		test: 'overrides a lookup in progress, which asks again',
	},
	{
		name: 'refuses API keys with a wrong checksum without a call',
		mutations: [inPackage('contracts')('isApiKey', dropOperand('checksumOf'))],
		test: 'refuses every change of one character',
	},
	{
		name: 'limits API keys to their scopes',
		mutations: [gateway('checkScope', forceCondition(true, 'has'))],
		test: 'admits exactly the keys with its scope',
	},
	{
		name: 'rejects API keys for operations that need a session',
		mutations: [gateway('checkScope', forceCondition(false, 'undefined'))],
		test: 'admits exactly the keys with its scope',
	},
	{
		name: 'accepts API keys only from the addresses that they allow',
		mutations: [gateway('createApiKeyVerifier', forceCondition(false, 'allowedIps'))],
		test: 'works from the addresses that it allows',
	},
	{
		name: 'rejects expired API keys, even if they are cached',
		mutations: [
			gateway('createApiKeyVerifier', dropOperand('expiresAtMs')),
			gateway('admitWithCredential', forceCondition(false, 'expiresAtMs')),
		],
		test: 'is rejected after its expiry, although it is cached',
	},
	{
		name: 'removes API keys from the cache before it acknowledges their revocation',
		mutations: [gateway('pushCredentialChangesRoute', dropCall('revoke', 'liveApiKeys'))],
		test: 'takes effect at both gateways with its response',
	},
	{
		name: 'throttles networks that send unknown API keys',
		mutations: [gateway('authenticateKey', forceCondition(true, 'isCached'))],
		test: 'are delayed after many from one network, while known keys are served',
	},
	{
		name: 'looks up unknown API keys a few at a time',
		mutations: [gateway('authenticateKey', replaceText('deps.enqueueLookup', '((_network, run) => run())'))],
		test: 'are looked up a few at a time, however many networks send them, and a new network is next',
	},
	{
		name: 'lets few unauthenticated requests of all networks occupy a service',
		mutations: [gateway('createServicePermits', replaceText('limits.servicePermits', '10_000'))],
		test: 'take few permits of a service, delay no user, and let a new network have its turn',
	},
	{
		name: 'lets few event streams connect at a time',
		mutations: [gateway('createConnectQueue', replaceText('limits.concurrentConnects', '10_000'))],
		test: 'a burst of event streams delays the short request of another user by a few of them',
	},
	{
		name: 'lets networks take turns to connect',
		mutations: [gateway('createConnectQueue', replaceCall('siteOf', 'exchange.credential?.userId'))],
		test: 'take turns by network, however many users one has',
	},
	{
		name: 'releases the connect permit of a request that is not forwarded',
		mutations: [gateway('createPublicHandler', forceCondition(false, 'forwarded'))],
		test: 'stop counting when they are refused because their token has expired meanwhile',
	},
	{
		name: 'reports itself healthy and ready only while it can serve signed-in requests',
		mutations: [gateway('createAuthClient', forceCondition(true, 'lease', 'isValid'))],
		test: 'health, readiness and startup succeed only when signed-in requests can be served',
	},
	{
		name: 'renews its lease while an earlier attempt hangs',
		mutations: [gateway('MAX_PENDING', replaceConstant('1'))],
		test: 'is renewed while an earlier renewal hangs',
	},
	{
		name: 'accepts a client address only from trusted proxies',
		mutations: [gateway('clientAddress', replaceText('isTrusted(client, trusted)', 'hops.length > 0'))],
		test: 'the peer is not trusted',
	},
];

const REQUEST_PARSING: readonly Mutant[] = [
	{
		name: 'refuses dot segments',
		mutations: [gateway('checkPath', forceCondition(false, 'DOT_SEGMENT'))],
		test: 'an encoded dot segment',
		isQuick: true,
	},
	{
		name: 'refuses encoded separators and control characters',
		mutations: [gateway('checkPath', forceCondition(false, 'HIDDEN_IN_SEGMENT'))],
		test: 'an encoded backslash',
	},
	{
		name: 'refuses request targets that are not paths',
		mutations: [gateway('readTarget', forceCondition(false, 'startsWith'))],
		test: 'authority form',
		siblingTitle: 'an encoded backslash',
	},
	{
		name: 'limits the length of a query',
		mutations: [gateway('readTarget', forceCondition(false, 'MAX_QUERY_LENGTH'))],
		test: 'accepts a query of 2,048 characters, and refuses a longer one',
	},
	{
		name: 'refuses ambiguous transfer codings',
		mutations: [gateway('checkTransferCoding', forceCondition(false, 'toLowerCase'))],
		test: 'another transfer coding',
		siblingTitle: 'too many headers',
	},
	{
		name: 'refuses chunks in HTTP/1.0',
		mutations: [gateway('checkTransferCoding', forceCondition(false, 'httpVersion'))],
		test: 'chunks in HTTP/1.0',
	},
	{
		name: 'refuses a request with two Host headers',
		mutations: [gateway('checkHead', forceCondition(false, 'countHosts'))],
		test: 'two hosts',
	},
	{
		name: 'ignores bytes behind a refused request',
		mutations: [gateway('closeAfterResponseOnError', dropCall('closeAfterResponse'))],
		test: 'a request after a refused one gets no response and has no effect',
	},
	{
		name: 'forwards only listed headers, and no identity',
		mutations: [gateway('headersForService', replaceText('of FROM_CLIENT', 'of Object.keys(client)'))],
		test: 'never forwards a client’s',
	},
	{
		name: 'lets no client choose whether and under which id a request is traced',
		mutations: [gateway('beginExchangeSpan', dropOperand('trustsClients'))],
		test: 'continues a client’s trace only if it trusts clients',
	},
];

const REQUEST_LIMITS: readonly Mutant[] = [
	{
		name: 'limits the number of headers',
		mutations: [gateway('checkHead', forceCondition(false, 'maxHeaderCount'))],
		test: 'too many headers',
	},
	{
		name: 'limits the size of the headers',
		mutations: [gateway('createPublicServer', replaceProperty('maxHeaderSize', '1024 * 1024'))],
		test: '16 KiB of headers',
	},
	{
		name: 'limits a body with a declared length',
		mutations: [gateway('createBodyBudget', forceCondition(false, 'bytes', 'limitBytes'))],
		test: 'with a declared length beyond the limit is refused before it is sent',
	},
	{
		name: 'limits a body without a declared length',
		mutations: [
			gateway('limitChunkedBody', forceCondition(true, 'receivedBytes')),
			gateway('bodyArrival', forceCondition(false, 'limitBytes')),
		],
		test: 'in chunks beyond the limit is cut off',
	},
	{
		name: 'limits the time for the head of a request',
		mutations: [
			gateway('createPublicServer', replaceProperty('headersTimeout', '0')),
			gateway('createPublicServer', replaceProperty('requestTimeout', '0')),
		],
		test: 'with an endless head is refused after the time limit',
	},
	{
		name: 'limits the time for the body of a request',
		mutations: [
			gateway('createPublicServer', replaceProperty('requestTimeout', '0')),
			gateway('bodyArrival', replaceText('refuse(notInTime()), timeoutMs', 'refuse(notInTime()), 1e9')),
		],
		test: 'with an endless body is refused after the time limit',
	},
	{
		name: 'bounds the connections of one address',
		mutations: [gateway('limitNetwork', replaceText('connection.isBeyondLimit = ', ''))],
		test: 'another network is served meanwhile',
	},
	{
		name: 'limits all connections together',
		mutations: [gateway('createConnectionLimit', replaceText('server.maxConnections = ', ''))],
		test: 'new connections beyond the limit are closed unread',
	},
	{
		name: 'closes idle connections to accept new ones',
		mutations: [gateway('makeRoom', dropCall('destroy'))],
		test: 'with connections that %s don’t keep other clients out or evict their connections',
	},
	{
		name: 'closes connections of the network that has the most',
		mutations: [gateway('findLargest', dropOperand('isLarger'))],
		test: 'belongs to the network with the most connections',
		isQuick: true,
	},
	{
		name: 'drops requests that do not arrive to accept new connections',
		mutations: [gateway('findSlow', replaceReturn('undefined', 'slow_request'))],
		test: 'a new client is served if incomplete requests hold the connections',
	},
	{
		name: 'prefers authenticated clients when all connections are in use',
		mutations: [gateway('admitWithoutCredential', forceCondition(false, 'isSaturated'))],
		test: 'requests of live sessions are served, and others get 503',
	},
];

const RESPONSES: readonly Mutant[] = [
	{
		name: 'keeps browsers from guessing the type of a response',
		mutations: [gateway('HARDENING_HEADERS', replaceText('X-Content-Type-Options', 'X-Nothing'))],
		test: 'is not cached, not sniffed, and sets no cookie',
	},
	{
		name: 'forbids caches to store a response',
		mutations: [gateway('HARDENING_HEADERS', replaceText('Cache-Control', 'X-Nothing'))],
		test: 'is not cached, not sniffed, and sets no cookie',
	},
	{
		name: 'keeps browsers from rendering a response as a page',
		mutations: [gateway('HARDENING_HEADERS', replaceText('Content-Security-Policy', 'X-Nothing'))],
		test: 'is not cached, not sniffed, and sets no cookie',
	},
	{
		name: 'removes headers with which a service describes itself',
		mutations: [gateway('headersFromService', replaceText('of FROM_SERVICE', 'of Object.keys(service)'))],
		test: 'drops unknown headers',
	},
	{
		name: 'lets only configured web origins read responses',
		mutations: [gateway('corsHeaders', dropOperand('has'))],
		test: 'read nothing, and varies by origin',
	},
	{
		name: 'answers preflights of configured web origins only',
		mutations: [gateway('preflightHeaders', forceCondition(false, 'has'))],
		test: 'of another origin',
	},
];

/** Checks of the gateway, before a request reaches a service. */
export const GATEWAY: readonly Mutant[] = [
	...AUTHENTICATION,
	...REQUEST_PARSING,
	...REQUEST_LIMITS,
	...RESPONSES,
];
