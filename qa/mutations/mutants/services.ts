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

const service = inPackage('service');
const database = inPackage('database');
const storage = inPackage('storage');
const toolKit = inPackage('tool-kit');
const billing = inPackage('billing');
const messaging = inPackage('messaging');
const gateway = inPackage('gateway');
const files = inPackage('files');
const jobs = inPackage('jobs');

const CALLERS_AND_INPUT: readonly Mutant[] = [
	{
		name: 'limits the checkouts of a user',
		mutations: [billing('createCheckoutRoute', dropCall('refuseTooMany'))],
		test: 'is refused beyond ten a minute of one user',
	},
	{
		name: 'accepts user identities only from the gateway',
		mutations: [
			service('verify', forceCondition(false, 'user', 'gateway')),
			service('authorize', replaceText('!callers', "operation.access !== 'user' && !callers")),
		],
		test: 'from a worker that speaks for a user',
	},
	{
		name: 'rejects identities that a service signs under the name of another',
		mutations: [service('verify', dropProperty('issuer'))],
		test: 'from a worker that calls itself gateway',
	},
	{
		name: 'limits internal routes to their declared callers',
		mutations: [service('authorize', forceCondition(false, 'callers'))],
		test: 'of a caller opens only the routes for that caller',
	},
	{
		name: 'rejects expired identities, even if they were verified before',
		mutations: [service('createIdentityVerifier', forceCondition(false, 'expiresAtMs'))],
		test: 'is rejected after its expiry, though it is cached',
	},
	{
		name: 'rejects identities that are older than the maximum lifetime',
		mutations: [service('verify', dropProperty('maxAge'))],
		test: 'older than any that is made',
	},
	{
		name: 'rejects names with NUL',
		mutations: [service('findJsonProblem', forceCondition(true, 'isStorable'))],
		test: 'NUL in a name',
	},
	{
		name: 'hides the details of a bug',
		mutations: [
			service('toAppError', replaceText("'Something went wrong on our side. Try again.'", 'String(error)')),
		],
		test: 'hides the details of a bug',
	},
	{
		name: 'refuses deeply nested bodies',
		mutations: [service('findJsonProblem', forceCondition(false, 'maxDepth'))],
		test: 'counts nesting, not the total of brackets',
	},
	{
		name: 'refuses bodies of many values before it parses them',
		mutations: [service('findJsonProblem', forceCondition(false, 'maxValues'))],
		test: 'refuses a body of many values before it is parsed',
	},
	{
		name: 'describes at most 20 wrong fields',
		mutations: [inPackage('contracts')('firstDetails', replaceText('=== MAX_DETAILS', '< 0'))],
		test: 'describes 20 of 20,000 wrong fields, and builds no message for the others',
	},
	{
		name: 'lists the accepted params once',
		mutations: [toolKit('parseParams.describeUnknown', forceCondition(true, 'index'))],
		test: 'describes 20 of 120,000 unknown params, and counts the others',
	},
	{
		name: 'rejects events that Stripe has not signed',
		mutations: [billing('verifyEvent', dropCall('requireSignature'))],
		test: 'with another secret’s signature',
	},
	{
		name: 'rejects events that were signed long ago',
		mutations: [billing('TOLERANCE_SECONDS', replaceConstant('1e9'))],
		test: 'that is ten minutes old',
	},
];

const OWNERSHIP: readonly Mutant[] = [
	{
		name: 'hides files of other users',
		mutations: [files('findVisibleFile', dropProperty('userId'))],
		test: 'of another user answers as an absent one',
	},
	{
		name: 'hides expired files',
		mutations: [files('visibleToOwner', dropProperty('expiresAt'))],
		test: 'that has expired is not found by any operation',
	},
	{
		name: 'hides jobs of other users',
		mutations: [jobs('findJob.where', dropProperty('userId'))],
		test: 'returns the same 404 for another user’s job as for an unknown job',
	},
	{
		name: 'lists only the user’s own jobs',
		mutations: [jobs('findJobs.where', dropProperty('userId'))],
		test: 'returns the user’s own jobs, newest first, page by page',
	},
	{
		name: 'encrypts stored passwords of documents',
		mutations: [
			toolKit('createSealer.seal', replaceCall('update', 'Buffer.from(JSON.stringify(secrets))')),
			toolKit('createSealer.open', replaceText('decipher.update', '')),
			toolKit('createSealer.open', replaceCall('final', 'Buffer.alloc(0)')),
		],
		test: 'opens what it sealed, and the sealed text contains no secret',
	},
];

const UPLOADS_AND_DOWNLOADS: readonly Mutant[] = [
	{
		name: 'accepts only the declared type and length',
		mutations: [
			storage('presignPut', dropProperty('content-type')),
			storage('presignPut', dropProperty('content-length')),
		],
		test: 'of a PUT sign its type and length',
	},
	{
		name: 'sends every download as an attachment',
		mutations: [storage('presignGet', dropProperty('response-content-disposition'))],
		test: 'a download arrives as an attachment under the name',
	},
	{
		name: 'replaces headers that came with an upload',
		mutations: [storage('presignGet', replaceText('...NEUTRAL_HEADERS,', ''))],
		test: 'is downloaded without headers that came with the upload',
	},
	{
		name: 'rejects objects with unsigned headers',
		mutations: [files('matchesDeclaration', dropOperand('hasUnsignedHeaders'))],
		test: 'stays pending while its object has unsigned headers',
	},
	{
		name: 'lists the parts of one upload of a user at a time',
		mutations: [files('listFilePartsRoute', replaceText('mutex.runExclusive', '((_key, run) => run())'))],
		test: 'answers one request of a user at a time, and other users meanwhile',
	},
	{
		name: 'hides the type of a download that a browser could run',
		mutations: [files('downloadType', forceCondition(true, 'INERT'))],
		test: 'becomes application/octet-stream',
	},
	{
		name: 'keeps special characters of a name within its header',
		mutations: [storage('plainName', replaceText(String.raw`.replace(/["%*/:<>?\\|]/g, '_')`, ''))],
		test: 'has a harmless `filename` for',
	},
];

const DEPENDENCIES: readonly Mutant[] = [
	{
		name: 'is not ready while the broker confirms nothing',
		mutations: [messaging('connectBroker', forceCondition(true, 'STALLED_AFTER_MS'))],
		test: 'rejects once the broker has confirmed nothing for a minute, until it confirms a publish',
	},
	{
		name: 'notices publishes that the broker does not confirm',
		mutations: [messaging('publishConfirmed', dropCall('failed'))],
		test: 'rejects once the broker has confirmed nothing for a minute, until it confirms a publish',
	},
	{
		name: 'replays an event once, however many queues dead-lettered it',
		mutations: [messaging('openDeadLetters', dropOperand('has'))],
		test: 'of one event from several queues are replayed as one message',
	},
	{
		name: 'listens on the direct URL instead of a transaction pooler',
		mutations: [database('openDatabase', replaceProperty('databaseUrl', 'databaseUrl', 'directUrl'))],
		test: 'receives notifications, which a transaction pooler loses, through the direct URL',
	},
];

const SHUTDOWN: readonly Mutant[] = [
	{
		name: 'aborts tasks that have not ended when the drain times out',
		mutations: [service('stopAll', dropCall('abort'))],
		test: 'runs no task after its drain has timed out, not even those that stop last',
	},
	{
		name: 'publishes events of the last requests before it stops',
		mutations: [messaging('relayOutbox', dropProperty('runsAtStop'))],
		test: 'a relay that stops publishes rows added since its last run',
	},
	{
		name: 'requests no lease after its release',
		mutations: [gateway('createLease.renew', forceCondition(false, 'isClosed'))],
		test: 'sends no request after close',
	},
	{
		name: 'does not count runs whose lease was lost',
		mutations: [files('createLeaseStore.finish', forceCondition(false, 'ended'))],
		test: 'a run whose lease another process has taken is not counted as done',
	},
];

/** Checks of the services themselves, which apply to every caller. */
export const SERVICES: readonly Mutant[] = [
	...CALLERS_AND_INPUT,
	...OWNERSHIP,
	...UPLOADS_AND_DOWNLOADS,
	...DEPENDENCIES,
	...SHUTDOWN,
];
