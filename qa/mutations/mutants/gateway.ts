import { inPackage, type Mutant } from '../mutant.ts';
import {
	dropAssignment,
	dropCall,
	dropOperand,
	dropProperty,
	dropSpread,
	forceCondition,
	iterateOver,
	nth,
	replaceCall,
	replaceCondition,
	replaceConstant,
	replaceProperty,
	replaceReturn,
} from '../operators.ts';

const gateway = inPackage('gateway');

const WHO_ASKS: readonly Mutant[] = [
	{
		name: 'takes tokens that auth has signed with ES256, and no others',
		mutations: [gateway('verifySignature', replaceCall('verify', 'jwt.decode(token)'))],
		test: 'another key under the same name',
	},
	{
		name: 'takes no token without an expiry',
		mutations: [gateway('claimsSchema', replaceProperty('exp', 'z.number().default(1e10)'))],
		test: 'without an expiry is rejected',
	},
	{
		name: 'takes no token of another issuer',
		mutations: [
			gateway('claimsSchema', dropProperty('iss')),
			gateway('verifySignature', dropProperty('issuer')),
		],
		test: 'another issuer',
	},
	{
		name: 'takes no token for another audience',
		mutations: [
			gateway('claimsSchema', dropProperty('aud')),
			gateway('verifySignature', dropProperty('audience')),
		],
		test: 'another audience',
	},
	{
		name: 'takes no token that has expired, though it was verified before',
		mutations: [gateway('createTokenVerifier.known', forceCondition(false, 'expiresAtMs'))],
		test: 'is rejected after its expiry, though it is cached',
	},
	{
		name: 'forgets what a key has signed that is gone',
		mutations: [gateway('forgetOldKeys', dropCall('clear'))],
		test: 'of a removed key is rejected, though it is cached',
	},
	{
		name: 'takes no two tokens in one request',
		mutations: [gateway('readBearerToken', forceCondition(false, 'countAuthorization'))],
		test: 'two headers',
	},
	{
		name: 'refuses sessions that are over',
		mutations: [gateway('authenticateSession', forceCondition(false, 'isAlive'))],
		test: 'of a dead session gets 401 and reaches no service',
	},
	{
		name: 'believes a revocation, whatever a look-up says that was under way',
		mutations: [gateway('createLiveCredentials', dropOperand('revoked'))],
		test: 'overrides a lookup in progress',
	},
	{
		name: 'takes no session or API key for alive without a lease',
		mutations: [gateway('createLiveCredentials.find', forceCondition(false, 'lease'))],
		test: 'a credential that was alive is rejected',
	},
	{
		name: 'asks again about an API key that was changed while it was looked up',
		mutations: [gateway('createLiveCredentials.askAuth', forceCondition(false, 'lookup.changed'))],
		test: 'overrides a lookup in progress, which asks again',
	},
	{
		name: 'refuses API keys with a wrong checksum without a call',
		mutations: [inPackage('contracts')('isApiKey', dropOperand('checksumOf'))],
		test: 'refuses every change of one character',
	},
	{
		name: 'lets API keys do only what their scopes say',
		mutations: [gateway('checkScope', forceCondition(true, 'has'))],
		test: 'admits exactly the keys with its scope',
	},
	{
		name: 'lets no API key do what takes a session',
		mutations: [gateway('checkScope', forceCondition(false, 'undefined'))],
		test: 'admits exactly the keys with its scope',
	},
	{
		name: 'accepts API keys only from the addresses that they allow',
		mutations: [gateway('createKeyVerifier', forceCondition(false, 'allowedIps'))],
		test: 'works from the addresses that it allows',
	},
	{
		name: 'ends API keys at their expiry, though they are cached',
		mutations: [gateway('createKeyVerifier', dropOperand('expiresAtMs'))],
		test: 'stops at its expiry, though it is cached',
	},
	{
		name: 'forgets API keys before it acknowledges their revocation',
		mutations: [gateway('pushRevocationsRoute', dropCall('revoke', 'liveKeys'))],
		test: 'holds at both gateways from its response on',
	},
	{
		name: 'slows networks down that send unknown API keys',
		mutations: [gateway('authenticateKey', forceCondition(true, 'isKnown'))],
		test: 'are delayed after many from one network, known ones are not',
	},
	{
		name: 'reports itself healthy and ready only while it can serve signed-in requests',
		mutations: [gateway('createSessionVerification', forceCondition(true, 'lease', 'isValid'))],
		test: 'health, readiness and startup succeed only when signed-in requests can be served',
	},
	{
		name: 'renews its lease while an earlier attempt hangs',
		mutations: [gateway('MAX_PENDING', replaceConstant('1'))],
		test: 'is renewed while an earlier renewal hangs',
	},
	{
		name: 'believes nobody but trusted proxies about the address of a client',
		mutations: [gateway('clientAddress', replaceCondition('hops.length > 0', 'isTrusted'))],
		test: 'the peer is not trusted',
	},
];

const HOW_A_REQUEST_IS_READ: readonly Mutant[] = [
	{
		name: 'refuses dot segments',
		mutations: [gateway('checkPath', forceCondition(false, 'DOT_SEGMENT'))],
		test: 'an encoded dot segment',
		isQuick: true,
	},
	{
		name: 'refuses encoded separators and controls',
		mutations: [gateway('checkPath', forceCondition(false, 'HIDDEN_IN_SEGMENT'))],
		test: 'an encoded backslash',
	},
	{
		name: 'refuses targets in another form than a path',
		mutations: [gateway('readTarget', forceCondition(false, 'startsWith'))],
		test: 'authority form',
		beside: 'an encoded backslash',
	},
	{
		name: 'bounds the length of a query',
		mutations: [gateway('readTarget', forceCondition(false, 'MAX_QUERY_LENGTH'))],
		test: 'accepts a query of 2,048 characters, and refuses a longer one',
	},
	{
		name: 'refuses transfer codings that two readers may read differently',
		mutations: [gateway('checkTransferCoding', forceCondition(false, 'toLowerCase'))],
		test: 'another transfer coding',
		beside: 'too many headers',
	},
	{
		name: 'refuses chunks where an older reader sees none',
		mutations: [gateway('checkTransferCoding', forceCondition(false, 'httpVersion'))],
		test: 'chunks in HTTP/1.0',
	},
	{
		name: 'refuses a request for two hosts',
		mutations: [gateway('checkHead', forceCondition(false, 'countHosts'))],
		test: 'two hosts',
	},
	{
		name: 'reads nothing behind a request that it refused',
		mutations: [gateway('endConnectionOnError', dropCall('endConnection'))],
		test: 'a request after a refused one gets no response and has no effect',
	},
	{
		name: 'passes on a closed list of headers, in which no identity is',
		mutations: [gateway('headersForService', iterateOver('Object.keys(client)', 'FROM_CLIENT'))],
		test: 'never forwards a client’s',
	},
	{
		name: 'lets no stranger say what is traced, and under which id',
		mutations: [gateway('beginExchangeSpan', dropOperand('trustsClients'))],
		test: 'continues a client’s trace only if it trusts clients',
	},
];

const HOW_MUCH_A_REQUEST_TAKES: readonly Mutant[] = [
	{
		name: 'bounds how many headers a request has',
		mutations: [gateway('checkHead', forceCondition(false, 'maxHeaderCount'))],
		test: 'too many headers',
	},
	{
		name: 'bounds the bytes of the headers',
		mutations: [gateway('createPublicServer', replaceProperty('maxHeaderSize', '1024 * 1024'))],
		test: '16 KiB of headers',
	},
	{
		name: 'bounds a body that tells its length',
		mutations: [gateway('createBodyBudget', forceCondition(false, 'bytes', 'limitBytes'))],
		test: 'of 1 MiB of empty arrays never reaches the sign-in service',
	},
	{
		name: 'bounds a body that does not tell its length',
		mutations: [gateway('limitChunkedBody', forceCondition(true, 'countBytes'))],
		test: 'in chunks beyond the limit is cut off',
	},
	{
		name: 'gives a client only so long for the head of a request',
		mutations: [
			gateway('createPublicServer', replaceProperty('headersTimeout', '0')),
			gateway('createPublicServer', replaceProperty('requestTimeout', '0')),
		],
		test: 'with an endless head is refused in time',
	},
	{
		name: 'gives a client only so long for the body of a request',
		mutations: [gateway('createPublicServer', replaceProperty('requestTimeout', '0'))],
		test: 'with an endless body is refused in time',
	},
	{
		name: 'bounds the connections of one address',
		mutations: [gateway('limitNetwork', nth(1, forceCondition(true, 'maxConnectionsPerNetwork')))],
		test: 'another network is served meanwhile',
	},
	{
		name: 'bounds all connections together',
		mutations: [gateway('createConnectionLimit', dropAssignment('maxConnections'))],
		test: 'new connections beyond the limit are closed unread',
	},
	{
		name: 'closes idle connections for new ones',
		mutations: [gateway('makeRoom', dropCall('destroy'))],
		test: 'with connections that %s keep no client out, and evict no other client’s',
	},
	{
		name: 'closes connections of the network that has most',
		mutations: [gateway('findLargest', dropOperand('isLarger'))],
		test: 'belongs to the network with the most connections',
		isQuick: true,
	},
	{
		name: 'gives up requests that do not arrive for new connections',
		mutations: [gateway('findSlow', replaceReturn('undefined', 'slow_request'))],
		test: 'a new client is served if incomplete requests hold the connections',
	},
	{
		name: 'serves live sessions rather than strangers when all connections are in use',
		mutations: [gateway('admitAnyone', forceCondition(false, 'isCrowded'))],
		test: 'requests of live sessions are served, and others get 503',
	},
];

const WHAT_IS_ANSWERED: readonly Mutant[] = [
	{
		name: 'lets no browser guess what an answer is',
		mutations: [gateway('HARDENING_HEADERS', dropSpread('X-Content-Type-Options'))],
		test: 'is not cached, not sniffed, and sets no cookie',
	},
	{
		name: 'lets nobody store an answer',
		mutations: [gateway('HARDENING_HEADERS', dropSpread('Cache-Control'))],
		test: 'is not cached, not sniffed, and sets no cookie',
	},
	{
		name: 'lets no answer be shown as a page',
		mutations: [gateway('HARDENING_HEADERS', dropSpread('Content-Security-Policy'))],
		test: 'is not cached, not sniffed, and sets no cookie',
	},
	{
		name: 'tells clients nothing that a service says of itself',
		mutations: [gateway('headersFromService', iterateOver('Object.keys(service)', 'FROM_SERVICE'))],
		test: 'forwards no unknown header',
	},
	{
		name: 'lets only the web origins of the configuration read answers',
		mutations: [gateway('corsHeaders', dropOperand('has'))],
		test: 'read nothing, and varies by origin',
	},
	{
		name: 'answers preflights of these origins alone',
		mutations: [gateway('preflightHeaders', forceCondition(false, 'has'))],
		test: 'of another origin',
	},
];

/** What every request meets before a service does. */
export const GATEWAY: readonly Mutant[] = [
	...WHO_ASKS,
	...HOW_A_REQUEST_IS_READ,
	...HOW_MUCH_A_REQUEST_TAKES,
	...WHAT_IS_ANSWERED,
];
