import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { call, signIn } from '../../driver/client.ts';
import { queryDatabase } from '../../driver/database.ts';
import { downloadFile, finishJob } from '../../driver/flow.ts';
import { eventually, home } from '../../driver/processes.ts';
import { type changeAfterBackup, type Memory, sha256Of } from './before.ts';

const RUNBOOK = resolve(import.meta.dirname, '../../../docs/runbooks/backup.md');

/** The file name of an object's bytes in the local store. */
const OBJECT = '._S3rver_object';

/** Compares the restored product with the one before the backup. Reports each thing that it has verified. */
export async function check(
	memory: Memory & { lost: Awaited<ReturnType<typeof changeAfterBackup>> },
	startedAt: Date,
	say: (line: string) => void,
): Promise<void> {
	const { subscriber, kept, waiter, jobIds, lost } = memory;
	const me = await call('GET', '/v1/me', { token: subscriber.token });
	assert.equal(me.status, 200, me.text);
	say('a token from before the backup is valid: signing keys and sessions were restored');
	assert.equal((await call('GET', '/v1/me', { token: await signIn(subscriber.email) })).status, 200);
	say('signing in with the password works');
	assert.equal(me.body.data.plan, 'pro');
	const billing = (await call('GET', '/v1/billing', { token: subscriber.token })).body.data;
	assert.deepEqual([billing.plan, billing.status], ['pro', 'active']);
	say('the subscriber is on Pro');

	await eventually(() => isReconciled(startedAt), 120_000, 'no reconciliation has ended');
	say('reconciliation found no lost rows or objects');
	for (const { fileId, sha256 } of kept)
		assert.equal(sha256Of(await downloadFile(subscriber.token, fileId)), sha256);
	say('three downloads match byte by byte: a single upload, a multipart upload and a job output');
	const finished = await call('GET', `/v1/jobs/${memory.finishedJobId}`, { token: subscriber.token });
	assert.equal(finished.body.data.status, 'succeeded');

	for (const id of jobIds) assert.equal((await finishJob(waiter.token, id, 300_000)).status, 'succeeded');
	say(`${jobIds.length} running or queued jobs finished`);

	const before = await planInAuth(subscriber.id);
	const [announcePlans, announceVerifications] = await statementsOfRunbook();
	await queryDatabase('billing', announcePlans);
	const isPublished = async () => (await planInAuth(subscriber.id)).version > before.version;
	await eventually(isPublished, 120_000, 'the plan was not published again');
	assert.equal((await planInAuth(subscriber.id)).plan, 'pro');
	say('the runbook’s statement republishes plans');
	await verifyWithoutEvent(subscriber.id);
	await queryDatabase('auth', announceVerifications);
	await eventually(
		() => isVerifiedEverywhere(subscriber.id),
		120_000,
		'verified emails were not announced again',
	);
	say('the runbook’s statement republishes verified emails');

	const [session, file] = await Promise.all([
		call('GET', '/v1/me', { token: lost.token }),
		call('GET', `/v1/files/${lost.fileId}`, { token: subscriber.token }),
	]);
	assert.deepEqual([session.status, file.status], [401, 404]);
	say('changes after the backup are gone: a session is rejected, a file is not found');
	await checkRowsAndBytes();
	say('every row has its object, and every object its row');
}

/** Returns the statements that operators run from docs/runbooks/backup.md: in billing's database, then in auth's. */
async function statementsOfRunbook(): Promise<[string, string]> {
	const text = await readFile(RUNBOOK, 'utf8');
	const restore = text.split(/^## /m).find((section) => section.startsWith('Restore\n')) ?? '';
	const statements = [...restore.matchAll(/^ *```sql\n(.*?)^ *```$/gms)].map(([, statement]) => statement);
	const [inBilling, inAuth, ...more] = statements;
	assert.ok(inBilling && inAuth && more.length === 0, 'the runbook has other than two statements');
	return [inBilling, inAuth];
}

/** Makes an account one whose email was verified and whose event `account.verified` was purged with the queues. */
async function verifyWithoutEvent(userId: string): Promise<void> {
	await queryDatabase(
		'auth',
		'UPDATE users SET email_verified_at = now(), verified_event_queued = true WHERE id = $1',
		[userId],
	);
	assert.equal(await isVerifiedEverywhere(userId), false);
}

async function isVerifiedEverywhere(userId: string): Promise<boolean> {
	const found = await Promise.all(
		(['files', 'jobs'] as const).map((owner) =>
			queryDatabase(owner, 'SELECT user_id FROM accounts WHERE user_id = $1 AND email_verified', [userId]),
		),
	);
	return found.every((rows) => rows.length === 1);
}

async function planInAuth(userId: string): Promise<{ plan: string; version: number }> {
	const [user] = await queryDatabase<{ plan: string; version: number }>(
		'auth',
		'SELECT plan::text, plan_version::int AS version FROM users WHERE id = $1',
		[userId],
	);
	assert.ok(user, 'the user does not exist');
	return user;
}

/** Returns whether a reconciliation has ended since the start. @throws when it found differences */
async function isReconciled(since: Date): Promise<boolean> {
	const [chore] = await queryDatabase<{ ended: Date | null; counts: Record<string, number> }>(
		'files',
		`SELECT last_ended_at AS ended, last_counts AS counts FROM chores WHERE name = 'reconciliation'`,
	);
	if (!chore?.ended || chore.ended < since) return false;
	const { objects, lost, orphans } = chore.counts;
	assert.deepEqual({ lost, orphans }, { lost: 0, orphans: 0 });
	return Number(objects) > 0;
}

async function checkRowsAndBytes(): Promise<void> {
	const rows = await queryDatabase<{ key: string; isReady: boolean }>(
		'files',
		`SELECT storage_key AS key, status = 'ready' AND deleted_at IS NULL AS "isReady"
		FROM files WHERE bytes_removed_at IS NULL`,
	);
	const bucket = join(home(), 'data', 's3', 'creatorr');
	const objects = (await readdir(bucket, { recursive: true }))
		.filter((path) => path.endsWith(OBJECT) && !path.startsWith('files/belong-to-'))
		.map((path) => path.slice(0, -OBJECT.length));
	const known = new Set(rows.map(({ key }) => key));
	const stored = new Set(objects);
	assert.deepEqual(
		objects.filter((key) => !known.has(key)),
		[],
	);
	assert.deepEqual(
		rows.filter(({ key, isReady }) => isReady && !stored.has(key)),
		[],
	);
}
