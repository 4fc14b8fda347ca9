import type { Defence } from './defence.ts';

const FILES = 'apps/files';
const SRC = `${FILES}/src`;
const SWEEP = `${SRC}/domain/sweep`;
const SWEEPER = { suite: `${FILES}/test/sweeper.test.ts` };
const SWEEP_FILE = { file: `${SWEEP}/sweep-file.ts`, ...SWEEPER };
const RECONCILIATION = { suite: `${FILES}/test/reconciliation.test.ts` };
const PAGE = { file: `${SWEEP}/reconcile-page.ts`, ...RECONCILIATION };
const STALE = { file: `${SWEEP}/abort-stale-uploads.ts`, ...SWEEPER };

const REMOVED: readonly Defence[] = [
	{
		name: 'removes files whose time is over',
		file: `${SWEEP}/decide.ts`,
		code: 'if (file.deletedAt !== null || file.expiresAt <= now)',
		without: 'if (file.deletedAt !== null)',
		suite: `${SWEEP}/decide.test.ts`,
		test: 'an expired one',
	},
	{
		name: 'removes the bytes of a deleted file',
		...SWEEP_FILE,
		code: 'await deps.store.remove([file.storageKey]);',
		without: '',
		test: 'removes the bytes of a deleted file at once',
	},
	{
		name: 'removes bytes again that came after the file was deleted',
		...SWEEP_FILE,
		code: 'if (next !== null) await deps.records.sweepAgainAt(file.id, next);\n\telse await',
		without: 'await',
		test: 'removes bytes again that came while the URL still worked, and only then is done',
	},
	{
		name: 'removes such bytes within minutes while a URL works',
		file: `${SWEEP}/next-removal.ts`,
		code: 'return earlier(later(now, policy.resweepIntervalMs), lastBytesAt);',
		without: 'return lastBytesAt;',
		...SWEEPER,
		test: 'removes bytes that came after the deletion within minutes',
	},
	{
		name: 'counts what upload URLs of deleted files may bring',
		file: `${SRC}/data/accounts.ts`,
		// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code
		code: 'AND deleted_at IS NOT NULL AND ${mayCome}',
		// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code
		without: 'AND false AND ${mayCome}',
		suite: `${FILES}/test/storage-limit.test.ts`,
		test: 'counts ten deleted uploads, so that their URLs and those of ten more never work at once',
	},
	{
		name: 'throws away the parts of an upload that was given up',
		...SWEEP_FILE,
		code: 'await deps.store.abortMultipart({ key: file.storageKey, uploadId: file.multipart.uploadId });',
		without: '',
		test: 'throws away the parts of an upload that was given up or deleted',
	},
	{
		name: 'ends uploads in parts that no row knows of',
		...STALE,
		code: 'for (const upload of orphans) await deps.store.abortMultipart(upload);',
		without: '',
		test: 'ends old ones that no row knows of, and no young ones',
	},
	{
		name: 'removes objects that no row knows of',
		...PAGE,
		code: 'if (orphans.length > 0) await store.remove(orphans.map(({ key }) => key));',
		without: '',
		test: 'removes objects that no row knows of, over many pages, and nothing outside our names',
	},
	{
		name: 'says of a file whose object is gone that there is none',
		...PAGE,
		code: 'lost: await deleteLost(deps, [...missing, ...findChanged(objects, files)]),',
		without: 'lost: 0,',
		test: 'has the API say of a file whose object is gone that there is none',
	},
	{
		name: 'forgets the rows of files that are long gone',
		file: `${SRC}/data/sweep-rows.ts`,
		code: 'SELECT id FROM files WHERE bytes_removed_at <',
		without: 'SELECT id FROM files WHERE false AND bytes_removed_at <',
		...SWEEPER,
		test: 'forgets rows some days after their bytes are gone',
	},
];

const KEPT: readonly Defence[] = [
	{
		name: 'leases what one sweeper does from the others',
		file: `${SRC}/data/sweep-rows.ts`,
		// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code
		code: "UPDATE files SET sweep_at = now() + ${leaseMs} * interval '1 millisecond'",
		without: 'UPDATE files SET sweep_at = sweep_at',
		...SWEEPER,
		test: 'take over what one that died had taken, once its lease is over',
	},
	{
		name: 'gives a chore to one process at a time',
		file: `${SRC}/data/chores.ts`,
		code: ' AND (lease_until IS NULL OR lease_until < now())',
		without: '',
		...RECONCILIATION,
		test: 'is one process’s at a time, and another’s once that one has died',
	},
	{
		name: 'counts nothing more of a process that lost its turn',
		file: `${SRC}/data/chores.ts`,
		// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code
		code: 'Prisma.sql`name = ${name} AND lease_token = ${token}`;',
		// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the code
		without: "Prisma.sql`name = ${name} AND ${token}::text <> ''`;",
		...RECONCILIATION,
		test: 'is one process’s at a time, and another’s once that one has died',
	},
	{
		name: 'leaves objects alone that may be an upload under way',
		...PAGE,
		code: 'modifiedAt <= oldest && timeOfKey(key) <= oldest,',
		without: 'modifiedAt <= now,',
		test: 'leaves an object without a row that is young by the store’s clock, or by that of its name',
	},
	{
		name: 'leaves objects for a day that a database which was put back knows nothing of',
		...PAGE,
		code: 'const orphans = old.filter(({ key }) => rememberedUntil === null || timeOfKey(key) <= rememberedUntil);',
		without: 'const orphans = old;',
		test: 'leaves what came after the last comparison that the database remembers until the next one',
	},
	{
		name: 'leaves an upload in parts to its file',
		...STALE,
		code: '!known.has(key) && ',
		without: '',
		test: 'leaves one of a known file to the sweep of that file, whatever the clocks say',
	},
	{
		name: 'leaves an upload in parts alone that was begun just now',
		...STALE,
		code: ' && timeOfKey(key) <= oldest',
		without: '',
		test: 'leaves one of a file that was begun just now, though the store’s clock says otherwise',
	},
	{
		name: 'removes no output that is being published',
		...SWEEP_FILE,
		code: "if (file.deletedAt === null && !(await deps.records.deleteUnchanged(file))) return 'kept';",
		without: '',
		test: 'do not remove an output that is published while they look at it',
	},
	{
		name: 'looks once more at a file before it is taken for lost',
		...PAGE,
		code: '(file) => lookUpFile(deps, file));',
		without: 'async () => null);',
		test: 'keeps a file whose bytes came between the listing and the look at its row',
	},
	{
		name: 'touches nothing where bucket and database do not belong together',
		file: `${SWEEP}/reconcile.ts`,
		code: 'await confirmBucket(deps);',
		without: '',
		...RECONCILIATION,
		test: 'lose nothing to each other, and say so',
	},
	{
		name: 'takes no file for lost whose whole bucket is missing',
		file: `${SRC}/domain/refresh-file.ts`,
		code: 'if (stored === null) await deps.store.confirm();',
		without: '',
		suite: `${SRC}/domain/refresh-file.test.ts`,
		test: 'is not deleted when the whole bucket is missing',
	},
	{
		name: 'reports what was removed',
		file: `${SRC}/sweeper.ts`,
		code: "await deps.chores.report('sweep', { begunAt, counts });",
		without: '',
		suite: `${FILES}/test/retention-report.test.ts`,
		test: 'the report says what is still to do, what was done last and over all time',
	},
];

/** What goes when its time has come, and what stays until then. */
export const RETENTION: readonly Defence[] = [...REMOVED, ...KEPT];
