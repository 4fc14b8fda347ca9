import { inPackage, type Mutant } from '../mutant.ts';
import {
	dropCall,
	dropOperand,
	forceCondition,
	forceSqlCondition,
	replaceCall,
	replaceReturn,
	replaceSqlValue,
} from '../operators.ts';

const files = inPackage('files');

const WHAT_IS_REMOVED: readonly Mutant[] = [
	{
		name: 'removes files whose time is over',
		mutations: [files('decide', dropOperand('expiresAt'))],
		test: 'an expired one',
	},
	{
		name: 'removes the bytes of a deleted file',
		mutations: [files('remove', dropCall('remove', 'storageKey'))],
		test: 'removes the bytes of a deleted file at once',
	},
	{
		name: 'removes bytes again that came after the file was deleted',
		mutations: [files('remove', forceCondition(false, 'next'))],
		test: 'removes bytes again that came while the URL still worked, and only then is done',
	},
	{
		name: 'removes such bytes within minutes while a URL works',
		mutations: [files('nextRemovalAt', replaceReturn('lastBytesAt', 'resweepIntervalMs'))],
		test: 'removes bytes that came after the deletion within minutes',
	},
	{
		name: 'counts what upload URLs of deleted files may bring',
		mutations: [files('sumStoredBytes', forceSqlCondition(false, 'deleted_at', 'NOT'))],
		test: 'counts ten deleted uploads, so that their URLs and those of ten more never work at once',
	},
	{
		name: 'throws away the parts of an upload that was given up',
		mutations: [files('remove', dropCall('abortMultipart'))],
		test: 'throws away the parts of an upload that was given up or deleted',
	},
	{
		name: 'ends uploads in parts that no row knows of',
		mutations: [files('abortOrphans', dropCall('abortMultipart'))],
		test: 'ends old ones that no row knows of, and no young ones',
	},
	{
		name: 'removes objects that no row knows of',
		mutations: [files('removeOrphans', dropCall('remove'))],
		test: 'removes objects that no row knows of, over many pages, and nothing outside our names',
	},
	{
		name: 'says of a file whose object is gone that there is none',
		mutations: [files('reconcilePage', replaceCall('deleteLost', '0'))],
		test: 'has the API say of a file whose object is gone that there is none',
	},
	{
		name: 'forgets the rows of files that are long gone',
		mutations: [files('purge', forceSqlCondition(false, 'bytes_removed_at'))],
		test: 'forgets rows some days after their bytes are gone',
	},
];

const WHAT_IS_KEPT: readonly Mutant[] = [
	{
		name: 'leases what one sweeper does from the others',
		mutations: [files('claimDue', replaceSqlValue('sweep_at', 'sweep_at'))],
		test: 'take over what one that died had taken, once its lease is over',
	},
	{
		name: 'gives a chore to one process at a time',
		mutations: [files('createChoreRecords.take', forceSqlCondition(true, 'lease_until'))],
		test: 'is one process’s at a time, and another’s once that one has died',
	},
	{
		name: 'counts nothing more of a process that lost its turn',
		mutations: [files('createChoreRecords.isMine', forceSqlCondition(true, 'lease_token'))],
		test: 'is one process’s at a time, and another’s once that one has died',
	},
	{
		name: 'leaves objects alone that may be an upload under way',
		mutations: [files('removeOrphans', dropOperand('modifiedAt'))],
		test: 'leaves an object without a row that is young by the store’s clock, or by that of its name',
	},
	{
		name: 'leaves objects for a day that a database which was put back knows nothing of',
		mutations: [files('removeOrphans', replaceCall('filter', 'old', 'rememberedUntil'))],
		test: 'leaves what came after the last comparison that the database remembers until the next one',
	},
	{
		name: 'leaves an upload in parts to its file',
		mutations: [files('abortOrphans', dropOperand('known'))],
		test: 'leaves one of a known file to the sweep of that file, whatever the clocks say',
	},
	{
		name: 'leaves an upload in parts alone that was begun just now',
		mutations: [files('abortOrphans', dropOperand('timeOfKey'))],
		test: 'leaves one of a file that was begun just now, though the store’s clock says otherwise',
	},
	{
		name: 'removes no output that is being published',
		mutations: [files('remove', forceCondition(false, 'deleteUnchanged'))],
		test: 'do not remove an output that is published while they look at it',
	},
	{
		name: 'looks once more at a file before it is taken for lost',
		mutations: [files('deleteLost', replaceCall('lookUpFile', 'null'))],
		test: 'keeps a file whose bytes came between the listing and the look at its row',
	},
	{
		name: 'touches nothing where bucket and database do not belong together',
		mutations: [files('reconcile', dropCall('confirmBucket'))],
		test: 'lose nothing to each other, and say so',
	},
	{
		name: 'takes no file for lost whose whole bucket is missing',
		mutations: [files('keepIfIntact', dropCall('confirm'))],
		test: 'is not deleted when the whole bucket is missing',
	},
	{
		name: 'reports what was removed',
		mutations: [files('sweepAndReport', dropCall('report'))],
		test: 'the report says what is still to do, what was done last and over all time',
	},
];

/** What is removed when its time has come, and what stays until then. */
export const RETENTION: readonly Mutant[] = [...WHAT_IS_REMOVED, ...WHAT_IS_KEPT];
