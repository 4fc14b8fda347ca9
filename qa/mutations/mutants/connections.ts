import { inPackage, type Mutant } from '../mutant.ts';
import {
	dropAssignment,
	dropCall,
	dropOperand,
	dropProperty,
	dropSpread,
	forceCondition,
	insertBefore,
	nth,
	replaceCall,
	replaceConstant,
	replaceProperty,
} from '../operators.ts';

const gateway = inPackage('gateway');

/** What one client may take of the gateway, and what one request may do to the next on its connection. */
export const CONNECTIONS_AND_BODIES: readonly Mutant[] = [
	{
		name: 'bounds the bytes of bodies that one address has under way',
		mutations: [gateway('createBodyBudget', forceCondition(false, 'maxBodyBytesPerNetwork'))],
		test: 'a body beyond the budget of its network is refused',
	},
	{
		name: 'counts a body that does not tell its length as the longest',
		mutations: [
			gateway(
				'createBodyBudget',
				insertBefore("if (headers['transfer-encoding']) return;", 'bytes', 'bodyBytesOf'),
			),
		],
		test: 'a body beyond the budget of its network is refused',
	},
	{
		name: 'counts bodies by the address that a trusted proxy names',
		mutations: [
			gateway('createBodyBudget', insertBefore("network = res.socket?.remoteAddress ?? '';", 'hasBody')),
		],
		test: 'behind a trusted proxy the client’s network counts',
	},
	{
		name: 'bounds how many requests a user sends',
		mutations: [gateway('createUserAdmission', forceCondition(false, 'waitMs'))],
		test: 'gets 429 with Retry-After in all sessions, while others are served',
	},
	{
		name: 'bounds how many requests of a user are under way',
		mutations: [gateway('createUserAdmission.finishAdmission', forceCondition(false, 'isAdmitted'))],
		test: 'waits for permits, and gets 429 after the wait',
	},
	{
		name: 'counts requests whose client left while a service works on them',
		mutations: [gateway('createUserAdmission.finishAdmission', forceCondition(false, 'isAbandoned'))],
		test: 'keeps the permits of requests that it abandons',
	},
	{
		name: 'lets a user sign out whatever else is under way',
		mutations: [gateway('createUserAdmission', forceCondition(false, 'cost'))],
		test: 'can still sign out, ahead of waiting requests',
	},
	{
		name: 'keeps long polls of a user from taking the place of short requests',
		mutations: [gateway('createUserAdmission', forceCondition(false, 'long_polls'))],
		test: 'have a separate limit, and don’t delay short requests',
	},
	{
		name: 'paces the networks of one IPv6 site together',
		mutations: [gateway('createNetworkBuckets', replaceCall('max', 'networks.reserve(network, cost)'))],
		test: 'have four times the tokens of one, and no more',
	},
	{
		name: 'bounds the permits of the networks of one IPv6 site together',
		mutations: [gateway('createNetworkSemaphore.acquire', forceCondition(true, 'site'))],
		test: 'have four times the permits of one, and no more',
	},
	{
		name: 'evicts from the largest IPv6 site',
		mutations: [gateway('createConnectionTable', replaceCall('siteOf', 'undefined'))],
		test: 'belongs to the IPv6 site with the most connections, and there to its largest network',
	},
	{
		name: 'grants no fresh burst after an eviction',
		mutations: [inPackage('service')('createTokenBuckets.dispose', dropAssignment('evictedFullAtMs'))],
		test: 'is not full again after its eviction',
		isQuick: true,
	},
	{
		name: 'closes many more connections than an address may have unread',
		mutations: [gateway('limitNetwork', dropCall('destroy'))],
		test: 'connections beyond twice the limit are closed unread',
	},
	{
		name: 'gives a head less time than a whole request',
		mutations: [gateway('createPublicServer', replaceProperty('headersTimeout', 'limits.requestTimeoutMs'))],
		test: 'the time limit of a head is shorter than that of a request',
	},
	{
		name: 'reads nothing behind an offer of another protocol',
		mutations: [gateway('readHead', dropCall('endConnection'))],
		test: 'with Upgrade is served over HTTP, and is the last of its connection',
	},
	{
		name: 'answers no request with what is wrong with the next',
		mutations: [gateway('onClientError', forceCondition(false, 'due', 'once'))],
		test: 'invalid bytes are refused after the responses that are due',
	},
	{
		name: 'bounds the requests without a session of a network',
		mutations: [gateway('createAnonymousAdmission', forceCondition(false, 'acquire'))],
		test: 'waits for a permit, and gets 429 with Retry-After after the wait',
	},
	{
		name: 'counts an answered request without a session for a while',
		mutations: [gateway('createAnonymousAdmission', replaceCall('max', '0', 'leftMs'))],
		test: 'holds its permit for a minimum time',
	},
	{
		name: 'counts requests without a session whose client left while a service works on them',
		mutations: [gateway('createAnonymousAdmission', forceCondition(false, 'isAbandoned'))],
		test: 'keeps the permits of abandoned requests',
	},
	{
		name: 'gives no permit to a small body that is still arriving',
		mutations: [gateway('createAnonymousAdmission', forceCondition(false, 'isSmall', 'bodyArrival'))],
		test: 'that arrives slowly holds no permit',
	},
	{
		name: 'waits a few seconds for a small body without a session',
		mutations: [gateway('bodyArrival', replaceCall('notInTime', 'undefined as never'))],
		test: 'that does not arrive in time is refused, and its connection closed',
	},
	{
		name: 'gives large bodies without a session permits of their own',
		mutations: [gateway('createAnonymousAdmission', nth(1, forceCondition(true, 'isSmall', 'large')))],
		test: 'large bodies that arrive slowly do not block sign-ins from their network',
	},
	{
		name: 'counts a large body without a session by its length',
		mutations: [gateway('createAnonymousAdmission', replaceCall('max', '1', 'BODY_BYTES_PER_PERMIT'))],
		test: 'large bodies that arrive slowly do not block sign-ins from their network',
	},
	{
		name: 'bounds a small body without a session that does not tell its length',
		mutations: [gateway('bodyArrival', forceCondition(false, 'limitBytes'))],
		test: 'that grows beyond the limit of its operation is refused at once',
	},
	{
		name: 'bounds the answers that a network gets from the gateway itself',
		mutations: [gateway('createNetworkPacer', forceCondition(true, 'delayMs'))],
		test: 'the gateway delays its own response',
	},
	{
		name: 'bounds the forged tokens of a network whose signatures are checked',
		mutations: [gateway('verifyUnknown', replaceCall('wait', 'undefined'))],
		test: 'waits with unknown tokens, and is served with known ones',
	},
	{
		name: 'lets good tokens cost their network nothing',
		mutations: [gateway('verifyUnknown', nth(1, dropCall('refund')))],
		test: 'valid unknown tokens don’t delay each other',
	},
	{
		name: 'negotiates by no header that is longer than browsers send',
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
		mutations: [gateway('createUserAdmission', replaceCall('admitFree', 'undefined'))],
		test: 'sign-outs are limited for each session',
	},
	{
		name: 'delays refusals because of a limit',
		mutations: [gateway('paceError', forceCondition(false, 'rate_limited'))],
		test: 'a 429 is sent after a delay',
	},
	{
		name: 'leaves half of the connections to short requests',
		mutations: [gateway('createUserAdmission', forceCondition(false, 'maxLongPolls'))],
		test: 'long polls and event streams of all users use at most half of the connections',
	},
	{
		name: 'charges for the body of a request',
		mutations: [gateway('createUserAdmission', replaceCall('floor', '0', 'BODY_BYTES_PER_TOKEN'))],
		test: 'pays one token more for each 4 KiB of a body',
	},
	{
		name: 'admits a request of a user when its small body is complete',
		mutations: [gateway('createUserAdmission', forceCondition(true, 'isBodySmall'))],
		test: 'holds no permit while a small body arrives, and all that its request costs afterwards',
	},
	{
		name: 'serves the pipelined requests of a connection one after the other',
		mutations: [gateway('createPublicHandler', forceCondition(false, 'waitsInPipeline'))],
		test: 'reaches a service one request at a time',
	},
	{
		name: 'makes the id of a request itself',
		mutations: [
			gateway('openExchange', replaceCall('newId', "String(req.headers['x-request-id'] ?? newId('req'))")),
		],
		test: 'has a new request id, whatever the client sent',
	},
	{
		name: 'lets no other origin embed an answer',
		mutations: [gateway('HARDENING_HEADERS', dropSpread('Cross-Origin-Resource-Policy'))],
		test: 'is not cached, not sniffed, and sets no cookie',
	},
	{
		name: 'bounds the connections of an address by TLS, too',
		mutations: [gateway('followHandshakes', dropAssignment('connection'))],
		test: 'refuses one more, and serves another network',
	},
	{
		name: 'waits no longer for a handshake than for the head of a request',
		mutations: [gateway('createPublicServer', dropProperty('handshakeTimeout'))],
		test: 'a connection without a handshake is closed in time',
	},
	{
		name: 'tells browsers that came by TLS to come by nothing else',
		mutations: [gateway('STRICT_TRANSPORT', replaceConstant('[]'))],
		test: 'the API is served over TLS, with HSTS',
	},
	{
		name: 'takes no certificate into use that does not fit its key',
		mutations: [gateway('readCertificate', dropCall('createSecureContext'))],
		test: 'the gateway does not start with files that are no certificate',
	},
];
