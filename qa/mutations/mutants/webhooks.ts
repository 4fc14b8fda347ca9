import { inPackage, type Mutant } from '../mutant.ts';
import { dropCall, forceCondition, replaceText } from '../operators.ts';

const outbound = inPackage('outbound');
const webhooks = inPackage('webhooks');
const auth = inPackage('auth');
const jobs = inPackage('jobs');

const DESTINATIONS: readonly Mutant[] = [
	{
		name: 'refuses to connect to forbidden addresses behind host names',
		mutations: [outbound('createVettedConnector', forceCondition(false, 'isAllowedAddress'))],
		test: 'to a name with a forbidden address',
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
];

const DELIVERIES: readonly Mutant[] = [
	{
		name: 'publishes that a job ended',
		mutations: [jobs('endJob', dropCall('publishEnd'))],
		test: 'every end of a job is published once',
	},
	{
		name: 'does not record events of a deleted account',
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
		name: 'limits the webhook endpoints of an account',
		mutations: [webhooks('insertEndpoint', dropCall('lockUser'))],
		test: 'refuses the eleventh endpoint of a user',
	},
	{
		name: 'publishes that an endpoint was disabled',
		mutations: [webhooks('tellOwner', dropCall('addToOutbox'))],
		test: 'and its owner and the other endpoints are told',
	},
	{
		name: 'ends the pending deliveries of a disabled endpoint',
		mutations: [webhooks('tellOwner', dropCall('failPending'))],
		test: 'and its owner and the other endpoints are told',
	},
	{
		name: 'mails the owner when an endpoint is disabled',
		mutations: [auth('onWebhookDisabled', dropCall('inTransaction'))],
		test: 'the owner of a webhook endpoint that was disabled gets a mail',
	},
];

/** Delivery of webhooks, and protection of other hosts against them. */
export const WEBHOOKS: readonly Mutant[] = [...DESTINATIONS, ...DELIVERIES];
