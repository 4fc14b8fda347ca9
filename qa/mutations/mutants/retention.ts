import { inPackage, type Mutant } from '../mutant.ts';
import {
	dropCall,
	dropOperand,
	forceCondition,
	replaceCall,
	replaceReturn,
	replaceText,
} from '../operators.ts';

const files = inPackage('files');

const REMOVED_DATA: readonly Mutant[] = [
	{
		name: 'limits the stored jobs of a user',
		mutations: [inPackage('jobs')('pruneBeyondCount', replaceText('of users', 'of []'))],
		test: 'deletes the oldest ended jobs of a user with more than are kept',
	},
	{
		name: 'removes expired files',
		mutations: [files('decideSweep', dropOperand('expiresAt'))],
		test: 'an expired one',
	},
	{
		name: 'removes the bytes of a deleted file',
		mutations: [files('removeObjects', dropCall('deleteObjects'))],
		test: 'removes the bytes of a deleted file at once',
	},
	{
		name: 'removes bytes that arrive after the deletion of their file',
		mutations: [files('recordRemoval', forceCondition(false, 'next'))],
		test: 'removes bytes again that came while the upload URL still worked, and then ends',
	},
	{
		name: 'removes late bytes within minutes while a URL works',
		mutations: [files('nextRemovalAt', replaceReturn('lastBytesAt', 'resweepIntervalMs'))],
		test: 'removes bytes that came after the deletion within minutes',
	},
	{
		name: 'counts bytes that the upload URLs of deleted files still accept',
		mutations: [files('countUse', replaceText('deleted_at IS NOT NULL', 'false'))],
		test: 'includes deleted uploads while their URLs work',
	},
	{
		name: 'aborts abandoned multipart uploads',
		mutations: [files('deleteAndAbort', dropCall('abortMultipart'))],
		test: 'aborts an abandoned or deleted upload in parts',
	},
	{
		name: 'aborts the multipart upload of a refused file',
		mutations: [files('insertInParts', forceCondition(false, 'AppError'))],
		test: 'refuses an upload in parts that another overtook, and aborts it in the store',
	},
	{
		name: 'aborts multipart uploads without a row',
		mutations: [files('abortOrphans', dropCall('abortMultipart'))],
		test: 'aborts old ones without a row, and no new ones',
	},
	{
		name: 'removes objects without a row',
		mutations: [files('removeOrphans', dropCall('deleteObjects'))],
		test: 'removes objects without a row, over many pages, and none under keys of other software',
	},
	{
		name: 'returns not_found for a file whose object is missing',
		mutations: [files('reconcileFile', replaceCall('deleteLost', 'false'))],
		test: 'deletes files whose object is missing',
	},
	{
		name: 'deletes the rows of files that were removed long ago',
		mutations: [files('purgeRows', replaceText('bytes_removed_at <', 'false AND now() <'))],
		test: 'deletes rows some days after the removal of their bytes',
	},
];

const KEPT_DATA: readonly Mutant[] = [
	{
		name: 'leases due files to one sweep at a time',
		mutations: [files('claimDue', replaceText(`now() + \${leaseMs} * interval '1 millisecond'`, 'sweep_at'))],
		test: 'sweep the files of a process that died, once its lease ends',
	},
	{
		name: 'leases a task to one process at a time',
		mutations: [files('createLeaseStore.acquire', replaceText('lease_until IS NULL OR', 'true OR'))],
		test: 'runs in one process at a time, and in another once that one has died',
	},
	{
		name: 'ignores a process that lost its lease',
		mutations: [files('isHeld', replaceText(`AND lease_token = \${token}`, ''))],
		test: 'runs in one process at a time, and in another once that one has died',
	},
	{
		name: 'keeps objects that may belong to an upload in progress',
		mutations: [files('removeOrphans', dropOperand('modifiedAt'))],
		test: 'keeps an object without a row that is new by the store’s clock, or by the time in its key',
	},
	{
		name: 'keeps objects that a restored database has lost',
		mutations: [files('removeOrphans', replaceCall('filter', 'objects', 'lastStartedAt'))],
		test: 'keeps objects that a restored database has lost, however new, until an operator allows their removal',
	},
	{
		name: 'keeps objects that a restored database has lost in later reconciliations',
		mutations: [files('lastStart', forceCondition(false, 'newerObjects'))],
		test: 'keeps objects that a restored database has lost, however new, until an operator allows their removal',
	},
	{
		name: 'does not mistake late bytes of a removed file for an object that a restored database has lost',
		mutations: [files('removeOrphans', dropOperand('removedKeys'))],
		test: 'removes bytes that came after the last sweep of a deleted file',
	},
	{
		name: 'does not mistake a late upload for a restored copy',
		mutations: [files('isRestoredCopy', replaceReturn('true', 'lateUploadMs'))],
		test: 'deletes a file whose object an upload may have written that started before the URL expired',
	},
	{
		name: 'keeps files whose restored copies have other ETags',
		mutations: [files('reconcileFile', forceCondition(false, 'isRestoredCopy'))],
		test: 'keeps a file whose object was written after every upload URL, and adopts the ETag',
	},
	{
		name: 'leaves multipart uploads with a row to the sweep',
		mutations: [files('abortOrphans', dropOperand('known'))],
		test: 'keeps one with a row for the sweep of its file, whatever the clocks say',
	},
	{
		name: 'keeps multipart uploads that have just begun',
		mutations: [files('abortOrphans', dropOperand('timeOfKey'))],
		test: 'keeps one with a new key, even if the store’s clock is wrong',
	},
	{
		name: 'keeps an output that is being published',
		mutations: [files('deleteAndAbort', forceCondition(false, 'deleteUnchanged'))],
		test: 'keep an output that is published at the same time',
	},
	{
		name: 'checks a file once more before it counts as lost',
		mutations: [files('reconcileFile', replaceCall('headObject', 'null'))],
		test: 'keeps a file whose bytes came between the listing and the read of its row',
	},
	{
		name: 'counts as lost only files that reconciliation deleted',
		mutations: [files('reconcileFile', replaceReturn("'lost'", 'deleteLost'))],
		test: 'counts no file as lost that its owner deleted meanwhile',
	},
	{
		name: 'changes nothing if bucket and database do not belong together',
		mutations: [files('reconcile', dropCall('requireOwnBucket'))],
		test: 'don’t delete each other’s objects, and the failure says why',
	},
	{
		name: 'sweeps nothing if bucket and database do not belong together',
		mutations: [files('sweep', dropCall('requireOwnMark'))],
		test: 'don’t count as removed what a sweep finds due',
	},
	{
		name: 'aborts no upload if bucket and database do not belong together',
		mutations: [files('abortStaleUploads', dropCall('requireOwnMark'))],
		test: 'don’t abort each other’s multipart uploads',
	},
	{
		name: 'counts no file as lost while the whole bucket is missing',
		mutations: [files('deleteLost', dropCall('requireBucket'))],
		test: 'is not deleted when the whole bucket is missing',
	},
	{
		name: 'reports what was removed',
		mutations: [files('sweepFiles', dropCall('reportRun'))],
		test: 'the report shows what is due, the last runs and the totals',
	},
];

/** Retention: what is deleted when it expires, and what must not be deleted. */
export const RETENTION: readonly Mutant[] = [...REMOVED_DATA, ...KEPT_DATA];
