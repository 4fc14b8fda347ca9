import { inPackage, type Mutant } from '../mutant.ts';
import { dropCall, forceCondition, replaceText } from '../operators.ts';

const outbound = inPackage('outbound');
const webhooks = inPackage('webhooks');
const auth = inPackage('auth');
const jobs = inPackage('jobs');

const WHERE_REQUESTS_GO: readonly Mutant[] = [
	{
		name: 'connects to no address that a name of a user leads to and that is not allowed',
		mutations: [outbound('createVettedConnector', forceCondition(false, 'isAllowedAddress'))],
		test: 'to a name with a forbidden address',
	},
	{
		name: 'connects to no private address that a URL of a user contains',
		mutations: [outbound('checkUrl', forceCondition(false, 'isAllowedAddress'))],
		test: 'to the literal %s',
	},
	{
		name: 'sends no credentials that a URL of a user contains',
		mutations: [outbound('checkUrl', forceCondition(false, 'username'))],
		test: 'has a password',
	},
	{
		name: 'inflates no response',
		mutations: [outbound('readExcerpt', forceCondition(false, 'isCompressed'))],
		test: 'a compressed body, which is not inflated',
	},
];

const WHAT_IS_DELIVERED: readonly Mutant[] = [
	{
		name: 'publishes that a job ended',
		mutations: [jobs('endJob', dropCall('publishEnd'))],
		test: 'every end of a job is published once',
	},
	{
		name: 'records no event of a deleted account',
		mutations: [webhooks('insertEvent', forceCondition(false, 'isDeletedAccount'))],
		test: 'a deleted account leaves neither endpoints nor events',
	},
	{
		name: 'deletes the events of a deleted account in batches',
		mutations: [webhooks('deleteEvents', replaceText('id DESC LIMIT ', 'id DESC LIMIT 100 * '))],
		test: 'a deleted account with many events is deleted in batches',
		beside: 'a deleted account leaves neither endpoints nor events',
	},
	{
		name: 'refuses webhook endpoints of unverified accounts',
		mutations: [webhooks('createWebhookRoute', forceCondition(false, 'isEmailVerified'))],
		test: 'refuses users whose email is not verified',
	},
	{
		name: 'creates no more endpoints than an account may have',
		mutations: [webhooks('insertEndpoint', dropCall('lockUser'))],
		test: 'refuses the eleventh endpoint of a user',
	},
	{
		name: 'tells the owner of an endpoint that was disabled',
		mutations: [webhooks('tellOwner', dropCall('addToOutbox'))],
		test: 'and its owner and the other endpoints are told',
	},
	{
		name: 'ends the pending deliveries of an endpoint that was disabled',
		mutations: [webhooks('tellOwner', dropCall('failPending'))],
		test: 'and its owner and the other endpoints are told',
	},
	{
		name: 'mails the owner of an endpoint that was disabled',
		mutations: [auth('onWebhookDisabled', dropCall('inTransaction'))],
		test: 'the owner of a webhook endpoint that was disabled gets a mail',
	},
];

/** What webhooks promise users and operators. */
export const WEBHOOKS: readonly Mutant[] = [...WHERE_REQUESTS_GO, ...WHAT_IS_DELIVERED];
