import { inPackage, type Mutant } from '../mutant.ts';
import {
	dropCall,
	dropOperand,
	dropProperty,
	forceCondition,
	replaceCall,
	replaceConstant,
	replaceProperty,
	replaceText,
} from '../operators.ts';

const gateway = inPackage('gateway');

/** Limits of the gateway for one client, and separation of the requests on a connection. */
export const CONNECTIONS_AND_BODIES: readonly Mutant[] = [
	{
		name: 'limits the bytes of bodies in progress from one address',
		mutations: [gateway('createBodyBudget', forceCondition(false, 'maxBodyBytesPerNetwork'))],
		test: 'a body beyond the budget of its network is refused',
	},
	{
		name: 'limits the networks of one IPv6 site together',
		mutations: [
			gateway('createNetworkTotals.wouldExceed', replaceCall('rangesOf', '[{ range: network, factor: 1 }]')),
		],
		test: 'get four times the limit of one, and no more',
	},
	{
		name: 'disconnects a client that doesn’t read a response of the gateway',
		mutations: [gateway('send', forceCondition(false, 'writableLength'))],
		test: 'a client that doesn’t read the gateway’s own response in time is disconnected',
	},
	{
		name: 'counts a body without a declared length as the longest',
		mutations: [
			gateway(
				'createBodyBudget',
				replaceText('!hasBody(headers)', "!hasBody(headers) || headers['transfer-encoding']"),
			),
		],
		test: 'a body beyond the budget of its network is refused',
	},
	{
		name: 'counts bodies by the client address from a trusted proxy',
		mutations: [
			gateway(
				'createBodyBudget',
				replaceText('const limitBytes', "network = res.socket?.remoteAddress ?? ''; const limitBytes"),
			),
		],
		test: 'behind a trusted proxy the client’s network counts',
	},
	{
		name: 'limits the request rate of a user',
		mutations: [gateway('createUserAdmission', forceCondition(false, 'waitMs'))],
		test: 'gets 429 with Retry-After in all sessions, while others are served',
	},
	{
		name: 'limits the concurrent requests of a user',
		mutations: [gateway('createUserAdmission.finishAdmission', forceCondition(false, 'isAdmitted'))],
		test: 'waits for permits, and gets 429 after the wait',
	},
	{
		name: 'counts requests while a service works on them, even if the client has disconnected',
		mutations: [gateway('createUserAdmission.finishAdmission', forceCondition(false, 'isAbandoned'))],
		test: 'keeps the permits of requests that were abandoned',
	},
	{
		name: 'lets a user sign out at any load',
		mutations: [gateway('createUserAdmission', replaceText('operation?.cost === 0', 'false'))],
		test: 'can still sign out, ahead of waiting requests',
	},
	{
		name: 'refuses requests beyond a rate limit of the plan',
		mutations: [gateway('spendUnit', forceCondition(false, 'waitMs'))],
		test: 'is admitted as often as the limit allows, with few calls',
	},
	{
		name: 'counts units of rate limits that gateways keep during a pause',
		mutations: [gateway('countExcessUnits', forceCondition(true, 'excessUnits'))],
		test: 'is admitted no more often when each gateway has kept units during a pause',
	},
	{
		name: 'lets a user sign out beyond a rate limit of the plan',
		mutations: [gateway('createRateLimits.loadLimits', forceCondition(false, 'cost'))],
		test: 'is never refused and costs nothing',
	},
	{
		name: 'counts no refused request toward rate limits of the plan',
		mutations: [gateway('countsToward', forceCondition(false, '429'))],
		test: 'of the %s with status %s leaves %s requests and jobs',
	},
	{
		name: 'keeps a user’s long polls from blocking short requests',
		mutations: [gateway('createUserAdmission', forceCondition(false, 'long_polls'))],
		test: 'have a separate limit, and don’t delay short requests',
	},
	{
		name: 'paces the networks of one IPv6 site together',
		mutations: [
			gateway('createNetworkBuckets', replaceCall('max', 'levels[0]?.reserve(network, cost) ?? 0')),
		],
		test: 'have four times the tokens of one, and no more',
	},
	{
		name: 'limits the permits of all networks of one IPv6 site together',
		mutations: [
			gateway('createNetworkSemaphore.acquire', replaceCall('rangesOf', '[{ range: network, factor: 1 }]')),
		],
		test: 'have four times the permits of one, and no more',
	},
	{
		name: 'evicts from the largest IPv6 site',
		mutations: [gateway('createConnectionTable', replaceCall('rangesOf', '[{ range: connection.network }]'))],
		test: 'belongs to the IPv6 site with the most connections, and there to its largest network',
	},
	{
		name: 'grants no fresh burst after an eviction',
		mutations: [inPackage('service')('createTokenBuckets.dispose', replaceText('evictedFullAtMs = ', ''))],
		test: 'is not full again after its eviction',
		isQuick: true,
	},
	{
		name: 'closes excess connections of one address without reading them',
		mutations: [gateway('limitNetwork', dropCall('destroy'))],
		test: 'connections beyond twice the limit are closed unread',
	},
	{
		name: 'limits the time for a head more than that for a whole request',
		mutations: [gateway('createPublicServer', replaceProperty('headersTimeout', 'limits.requestTimeoutMs'))],
		test: 'the time limit of a head is shorter than that of a request',
	},
	{
		name: 'ignores bytes behind an offer of another protocol',
		mutations: [gateway('readHead', dropCall('closeAfterResponse'))],
		test: 'with Upgrade is served over HTTP, and is the last of its connection',
	},
	{
		name: 'keeps the error of the next request out of a response',
		mutations: [gateway('onClientError', forceCondition(false, 'due', 'once'))],
		test: 'invalid bytes are refused after the responses to earlier requests',
	},
	{
		name: 'limits unauthenticated requests from one network',
		mutations: [gateway('createAnonymousAdmission', forceCondition(false, 'acquire'))],
		test: 'waits for a permit, and gets 429 with Retry-After after the wait',
	},
	{
		name: 'counts unauthenticated requests for a while after the response',
		mutations: [gateway('createAnonymousAdmission', replaceCall('max', '0', 'leftMs'))],
		test: 'holds its permit for a minimum time',
	},
	{
		name: 'counts unauthenticated requests while a service works on them, even if the client has disconnected',
		mutations: [gateway('createAnonymousAdmission', forceCondition(false, 'isAbandoned'))],
		test: 'keeps the permits of abandoned requests',
	},
	{
		name: 'grants a permit only when a small body is complete',
		mutations: [gateway('createAnonymousAdmission', forceCondition(false, 'isSmall', 'bodyArrival'))],
		test: 'that arrives slowly holds no permit',
	},
	{
		name: 'waits a few seconds for a small body of an unauthenticated request',
		mutations: [gateway('bodyArrival', replaceCall('notInTime', 'undefined as never'))],
		test: 'that does not arrive in time is refused, and its connection closed',
	},
	{
		name: 'reserves permits for large bodies of unauthenticated requests',
		mutations: [gateway('createAnonymousAdmission', replaceText('isSmall ? small : large', 'small'))],
		test: 'large bodies that arrive slowly do not block sign-ins from their network',
	},
	{
		name: 'counts a large body of an unauthenticated request by its length',
		mutations: [gateway('createAnonymousAdmission', replaceCall('max', '1', 'BODY_BYTES_PER_PERMIT'))],
		test: 'large bodies that arrive slowly do not block sign-ins from their network',
	},
	{
		name: 'limits a small body of an unauthenticated request without a declared length',
		mutations: [gateway('bodyArrival', forceCondition(false, 'limitBytes'))],
		test: 'that grows beyond the limit of its operation is refused at once',
	},
	{
		name: 'limits the gateway’s own responses to one network',
		mutations: [gateway('createNetworkPacer', forceCondition(true, 'delayMs'))],
		test: 'the gateway delays its own response',
	},
	{
		name: 'limits the signature checks of forged tokens from one network',
		mutations: [gateway('verifyUncached', replaceCall('wait', 'undefined'))],
		test: 'waits with unknown tokens, and is served with known ones',
	},
	{
		name: 'charges a network nothing for valid tokens',
		mutations: [gateway('verifyUncached', replaceText('forgedTokens.refund(exchange); return', 'return'))],
		test: 'valid unknown tokens don’t delay each other',
	},
	{
		name: 'ignores negotiation headers that are longer than those of browsers',
		mutations: [gateway('negotiate', dropOperand('MAX_NEGOTIATED_CHARACTERS'))],
		test: 'Accept-Encoding',
	},
	{
		name: 'closes connections that send bodies in tiny chunks',
		mutations: [gateway('refuseTinyChunks', forceCondition(false, 'MIN_AVERAGE_BYTES'))],
		test: 'the parser creates no objects for tiny chunks after the connection is closed',
	},
	{
		name: 'limits signing out for each session',
		mutations: [gateway('createUserAdmission', replaceText('ZERO_COST_REQUEST_BURST', '1e9'))],
		test: 'sign-outs are limited for each session',
	},
	{
		name: 'limits concurrent sign-outs for each session',
		mutations: [gateway('createUserAdmission', replaceText('ZERO_COST_CONCURRENT_REQUESTS,', '1e9,'))],
		test: 'signs out with two requests at a time in each session',
	},
	{
		name: 'delays responses that refuse a request because of a limit',
		mutations: [gateway('paceError', forceCondition(false, 'rate_limited'))],
		test: 'a 429 is sent after a delay',
	},
	{
		name: 'leaves half of the connections to short requests',
		mutations: [gateway('createUserAdmission', forceCondition(false, 'isUsedUp'))],
		test: 'long polls and event streams of all users use at most half of the connections',
	},
	{
		name: 'limits the new connections of a network',
		mutations: [gateway('createConnectionLimit', forceCondition(false, 'isTooFast'))],
		test: 'closes new connections of a network that opens too many',
	},
	{
		name: 'divides the long polls among networks',
		mutations: [gateway('createLongPollShares', replaceCall('ceil', 'free'))],
		test: 'one network gets a fifth of the long polls',
	},
	{
		name: 'charges for the body of a request',
		mutations: [gateway('createUserAdmission', replaceCall('floor', '0', 'BODY_BYTES_PER_TOKEN'))],
		test: 'pays one token more for each KiB of a body',
	},
	{
		name: 'admits a request of a user when its body is complete',
		mutations: [gateway('createUserAdmission', replaceText('bodyBytes === 0', 'true'))],
		test: 'holds no permit while its body arrives, and as many as the request costs afterwards',
	},
	{
		name: 'limits concurrent sign-outs of all sessions of a user',
		mutations: [gateway('createUserAdmission', replaceText('ZERO_COST_CONCURRENT_REQUESTS_PER_USER', '1e9'))],
		test: 'signs out with eight requests at a time over all sessions, and waits for a turn',
	},
	{
		name: 'serves the pipelined requests of a connection one after the other',
		mutations: [gateway('createPublicHandler', forceCondition(false, 'waitsInPipeline'))],
		test: 'reaches a service one request at a time',
	},
	{
		name: 'generates request ids itself',
		mutations: [
			gateway('openExchange', replaceCall('newId', "String(req.headers['x-request-id'] ?? newId('req'))")),
		],
		test: 'has a new request id, whatever the client sent',
	},
	{
		name: 'forbids other origins to embed a response',
		mutations: [gateway('HARDENING_HEADERS', replaceText('Cross-Origin-Resource-Policy', 'X-Nothing'))],
		test: 'is not cached, not sniffed, and sets no cookie',
	},
	{
		name: 'limits the TLS connections of an address, too',
		mutations: [gateway('followHandshakes', replaceText('socket.connection = connection;', ''))],
		test: 'refuses one more, and serves another network',
	},
	{
		name: 'limits the time for a TLS handshake',
		mutations: [gateway('createPublicServer', dropProperty('handshakeTimeout'))],
		test: 'a connection without a handshake is closed after the time limit',
	},
	{
		name: 'sends Strict-Transport-Security over TLS',
		mutations: [gateway('STRICT_TRANSPORT', replaceConstant('[]'))],
		test: 'the API is served over TLS, with HSTS',
	},
	{
		name: 'rejects a certificate that does not match its key',
		mutations: [gateway('readCertificate', dropCall('createSecureContext'))],
		test: 'the gateway does not start if the key does not belong to the certificate',
	},
];
