import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Home, openHome } from '../supervisor/home.ts';
import { readNote } from './backup-files.ts';
import { makeBackup } from './make-backup.ts';
import { isHalfRestored, restoreBackup } from './restore-backup.ts';

let directory: string;
let home: Home;
let backup: string;
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'creatorr-backup-'));
	home = openHome(join(directory, 'home'));
	backup = join(directory, 'backups', 'today');
	const files = {
		'data/postgres/PG_VERSION': '18',
		'data/postgres/postmaster.pid': '1',
		'data/s3/creatorr/files/one': 'bytes',
		'data/s3/.incoming/half': 'byt',
		'data/rabbitmq/queues': 'messages',
		'secrets.json': '{}',
		'ports.json': '{}',
	};
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(join(home.root, path, '..'), { recursive: true });
		writeFileSync(join(home.root, path), text);
	}
});
afterEach(() => rmSync(directory, { recursive: true }));

test('what can’t be made anew is copied, for its owner alone, and comes back into a home that has nothing', async () => {
	await makeBackup(home, backup, { isRunning: false });
	expect(statSync(backup).mode & 0o777).toBe(0o700);
	expect(readNote(backup).of).toBe(home.root);
	const other = openHome(join(directory, 'other'));
	await restoreBackup(backup, other);
	expect(readFileSync(join(other.data, 's3', 'creatorr', 'files', 'one'), 'utf8')).toBe('bytes');
	expect(readdirSync(join(other.data, 'postgres'))).toEqual(['PG_VERSION']);
	expect(existsSync(join(other.data, 's3', '.incoming'))).toBe(false);
	expect(existsSync(join(other.data, 'rabbitmq'))).toBe(false);
	expect(existsSync(join(other.root, 'secrets.json'))).toBe(true);
});

test('a backup that fails leaves nothing that looks like one', async () => {
	rmSync(join(home.root, 'secrets.json'));
	await expect(makeBackup(home, backup, { isRunning: false })).rejects.toThrow(/secrets\.json/);
	expect(readdirSync(join(backup, '..'))).toEqual([]);
});

test('a home without databases or a store of ours is no product to back up', async () => {
	rmSync(join(home.data, 's3'), { recursive: true });
	await expect(makeBackup(home, backup, { isRunning: false })).rejects.toThrow(/s3 doesn’t exist\. Either/);
});

test('nothing that is there is written over', async () => {
	await makeBackup(home, backup, { isRunning: false });
	await expect(makeBackup(home, backup, { isRunning: false })).rejects.toThrow('already exists');
	await expect(restoreBackup(backup, home)).rejects.toThrow('already has data');
});

test('half a backup is none', () => {
	mkdirSync(backup, { recursive: true });
	expect(() => readNote(backup)).toThrow('has no complete backup');
});

test('secrets of another product are not written over', async () => {
	await makeBackup(home, backup, { isRunning: false });
	const other = openHome(join(directory, 'other'));
	writeFileSync(join(other.root, 'secrets.json'), '{"of":"servers elsewhere"}');
	await expect(restoreBackup(backup, other)).rejects.toThrow('secrets.json belongs to another product');
	expect(readFileSync(join(other.root, 'secrets.json'), 'utf8')).toBe('{"of":"servers elsewhere"}');
	expect(isHalfRestored(other)).toBe(false);
	// its own are those of a restore that is repeated
	writeFileSync(join(other.root, 'secrets.json'), readFileSync(join(backup, 'secrets.json')));
	await restoreBackup(backup, other);
});

test('one that is stopped leaves nothing of either', async () => {
	const stop = AbortSignal.abort();
	await expect(makeBackup(home, backup, { isRunning: false, stop })).rejects.toThrow(/abort/i);
	expect(readdirSync(join(backup, '..'))).toEqual([]);
	await makeBackup(home, backup, { isRunning: false });
	const other = openHome(join(directory, 'other'));
	await expect(restoreBackup(backup, other, stop)).rejects.toThrow(/abort/i);
	expect(isHalfRestored(other)).toBe(false);
	expect(existsSync(join(other.root, 'secrets.json'))).toBe(false);
});

test('a backup within what it copies is refused', async () => {
	const within = join(home.data, 's3', 'today');
	await expect(makeBackup(home, within, { isRunning: false })).rejects.toThrow('which is being backed up');
	expect(existsSync(within)).toBe(false);
});
