import { inPackage, type Mutant } from '../mutant.ts';
import { dropCall, dropProperty, forceCondition, replaceText } from '../operators.ts';

const outbound = inPackage('outbound');
const webhooks = inPackage('webhooks');
const auth = inPackage('auth');
const jobs = inPackage('jobs');

const DESTINATIONS: readonly Mutant[] = [
	{
		name: 'refuses to connect to forbidden addresses behind host names',
		mutations: [outbound('createVettedConnector', forceCondition(false, 'areAllowed'))],
		test: 'to a name with a forbidden address',
	},
	{
		name: 'refuses host names with thousands of addresses',
		mutations: [outbound('areAllowed', forceCondition(false, 'MAX_ADDRESSES'))],
		test: 'to a name with more than 64 addresses',
	},
	{
		name: 'refuses to connect to private addresses in URLs',
		mutations: [outbound('checkUrl', forceCondition(false, 'isAllowedAddress'))],
		test: 'to the literal %s',
	},
	{
		name: 'sends no credentials from URLs',
		mutations: [outbound('checkUrl', forceCondition(false, 'username'))],
		test: 'has a password',
	},
	{
		name: 'does not decompress responses',
		mutations: [outbound('readExcerpt', forceCondition(false, 'isCompressed'))],
		test: 'a compressed body, which is not inflated',
	},
	{
		name: 'keeps no connection for as long as an endpoint asks',
		mutations: [outbound('createOutbound', dropProperty('keepAliveMaxTimeout'))],
		test: 'an idle connection closes soon, however long the endpoint offers to keep it',
	},
	{
		name: 'reads no endless series of informational responses',
		mutations: [outbound('post', forceCondition(false, 'MAX_INFORMATIONAL'))],
		test: 'a response after many informational ones is an error',
	},
	{
		name: 'limits the bytes of a response, not only those of its body',
		mutations: [outbound('limitResponses', forceCondition(true, 'MAX_RESPONSE_BYTES'))],
		test: 'an endless chunk extension',
	},
	{
		name: 'verifies no long certificate chain',
		mutations: [outbound('guardHandshake', forceCondition(false, 'MAX_HANDSHAKE_BYTES'))],
		test: 'with a chain of more than 16 KiB is refused before its certificates are verified',
	},
	{
		name: 'limits the CPU time of the failed TLS handshakes of a user',
		mutations: [outbound('createHandshakeBudget', forceCondition(true, 'usedMs < budgetMs'))],
		test: 'is refused while failed ones of its owner have used up their CPU time, but not one of other owners',
	},
	{
		name: 'allows no second TLS handshake on a connection',
		mutations: [outbound('createVettedConnector', dropProperty('secureOptions'))],
		test: 'is not repeated on its connection when the server asks for it',
	},
	{
		name: 'knows the product’s own host with a final dot',
		mutations: [outbound('checkUrl', replaceText("replace(/\\.$/, '')", 'trim()'))],
		test: 'is the product’s own with a final dot',
	},
];

const FAIRNESS: readonly Mutant[] = [
	{
		name: 'delivers to users with few running attempts first',
		mutations: [webhooks('claimDeliveries', replaceText('due.*, coalesce(busy.attempts, 0)', 'due.*, 0'))],
		test: 'takes deliveries of users with the fewest running attempts first',
	},
	{
		name: 'bounds the running attempts of a user over all endpoints',
		mutations: [webhooks('claimDeliveries', replaceText('WHERE user_attempts <= ', 'WHERE true OR 1 = '))],
		test: 'never exceeds the concurrent attempts of a user, over all endpoints',
	},
	{
		name: 'bounds the running attempts of a user at one host',
		mutations: [webhooks('claimDeliveries', replaceText('shared.host_attempts <= ', 'true OR 1 = '))],
		test: 'never exceeds the concurrent attempts of a user at one host',
	},
	{
		name: 'shares the attempts at one host among its endpoints',
		mutations: [webhooks('claimDeliveries', replaceText('BY endpoint_attempts, due_at', 'BY due_at'))],
		test: 'never exceeds the concurrent attempts of a user at one host',
	},
	{
		name: 'limits the deliveries that a user recovers in an hour',
		mutations: [webhooks('lockRecoveryAllowance', replaceText('perHour - count', 'perHour'))],
		test: 'recoveries of a user send no more than the limit in an hour, to all endpoints together',
	},
	{
		name: 'recovers deliveries in batches',
		mutations: [webhooks('runStep', replaceText('Math.min(BATCH_SIZE, left)', 'left'))],
		test: 'an endpoint with many deliveries is recovered, disabled and deleted in batches',
	},
	{
		name: 'fails the pending deliveries of an endpoint in batches',
		mutations: [webhooks('failPending', replaceText('LIMIT ', 'LIMIT 100 * '))],
		test: 'an endpoint with many deliveries is recovered, disabled and deleted in batches',
	},
	{
		name: 'bounds the attempts that are kept of a delivery',
		mutations: [
			webhooks('recordAttempts', replaceText('WHERE recorded.attempt_count > ', 'WHERE false AND 1 > ')),
		],
		test: 'is kept only for the last 50 attempts',
	},
	{
		name: 'bounds the events that are kept of a user',
		mutations: [webhooks('pruneBeyondCount', replaceText('of users', 'of []'))],
		test: 'the oldest events of a user with more than are kept are deleted',
	},
	{
		name: 'serves one list of events of a user at a time',
		mutations: [webhooks('listEventsRoute', replaceText('mutex.runExclusive(user.id, list)', 'list()'))],
		test: 'one list of events of a user is served at a time',
	},
];

const DELIVERIES: readonly Mutant[] = [
	{
		name: 'publishes that a job ended',
		mutations: [jobs('endJob', dropCall('publishEnd'))],
		test: 'every end of a job is published once',
	},
	{
		name: 'does not record events of a deleted account',
		mutations: [webhooks('insertEvent', forceCondition(false, 'lockAgainstDeletion'))],
		test: 'a deleted account leaves neither endpoints nor events',
	},
	{
		name: 'deletes the events of a deleted account in batches',
		mutations: [webhooks('deleteAccount', replaceText('id DESC LIMIT ', 'id DESC LIMIT 100 * '))],
		test: 'a deleted account with many events is deleted in batches',
		siblingTitle: 'a deleted account leaves neither endpoints nor events',
	},
	{
		name: 'refuses webhook endpoints of unverified accounts',
		mutations: [webhooks('createWebhookRoute', forceCondition(false, 'isEmailVerified'))],
		test: 'refuses users whose email is not verified',
	},
	{
		name: 'limits the webhook endpoints of an account',
		mutations: [webhooks('insertEndpoint', dropCall('lockUser'))],
		test: 'refuses the eleventh endpoint of a user',
	},
	{
		name: 'publishes that an endpoint was disabled',
		mutations: [webhooks('reportDisabled', dropCall('addToOutbox'))],
		test: 'and its owner and the other endpoints are notified',
	},
	{
		name: 'ends the pending deliveries of a disabled endpoint',
		mutations: [webhooks('createRecorder', dropCall('failPending'))],
		test: 'and its owner and the other endpoints are notified',
	},
	{
		name: 'sends a delivery that is replayed during an attempt',
		mutations: [webhooks('recordAttempts', replaceText('deliveries.tries = ended.tries', 'true'))],
		test: 'leaves a delivery due that was replayed meanwhile',
	},
	{
		name: 'fails pending deliveries that a disabled endpoint still has',
		mutations: [webhooks('failUndeliverable', replaceText('of endpoints', 'of []'))],
		test: 'a delivery that was added while its endpoint was being disabled fails',
	},
	{
		name: 'mails the owner when an endpoint is disabled',
		mutations: [auth('addWebhookNotice', dropCall('inTransaction'))],
		test: 'the owner of a webhook endpoint that was disabled gets a mail',
	},
];

/** Delivery of webhooks, and protection of other hosts against them. */
export const WEBHOOKS: readonly Mutant[] = [...DESTINATIONS, ...FAIRNESS, ...DELIVERIES];
