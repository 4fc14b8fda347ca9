import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Home, openHome } from '../supervisor/home.ts';
import { temporaryDirectory } from '../testing/temporary.ts';
import { isHalfRestored, makeBackup, readBackupMetadata, restoreBackup } from './backup.ts';

const FILES = {
	'data/postgres/PG_VERSION': '18',
	'data/postgres/postmaster.pid': '1',
	'data/s3/creatorr/files/one': 'bytes',
	'data/s3/.incoming/half': 'byt',
	'data/rabbitmq/queues': 'messages',
	'secrets.json': '{}',
	'ports.json': '{}',
};

const directory = temporaryDirectory();
let home: Home;
let other: Home;
let backup: string;
beforeEach(() => {
	home = openHome(join(directory(), 'home'));
	other = openHome(join(directory(), 'other'));
	backup = join(directory(), 'backups', 'today');
	for (const [path, text] of Object.entries(FILES)) {
		mkdirSync(dirname(join(home.root, path)), { recursive: true });
		writeFileSync(join(home.root, path), text);
	}
});

const make = (target: string, stop?: AbortSignal) => makeBackup(home, target, { isRunning: false, stop });

describe('makeBackup', () => {
	test('copies what can’t be recreated, for its owner alone; restoreBackup copies it into a new home', async () => {
		await make(backup);
		expect(statSync(backup).mode & 0o777).toBe(0o700);
		expect(readBackupMetadata(backup).of).toBe(home.root);
		await restoreBackup(backup, other);
		expect(readFileSync(join(other.data, 's3', 'creatorr', 'files', 'one'), 'utf8')).toBe('bytes');
		expect(readdirSync(join(other.data, 'postgres'))).toEqual(['PG_VERSION']);
		expect(readdirSync(other.data).sort()).toEqual(['postgres', 's3']);
		expect(existsSync(join(other.data, 's3', '.incoming'))).toBe(false);
		expect(existsSync(join(other.root, 'secrets.json'))).toBe(true);
	});

	test('leaves nothing behind when it fails or is stopped', async () => {
		await expect(make(backup, AbortSignal.abort())).rejects.toThrow(/abort/i);
		expect(readdirSync(dirname(backup))).toEqual([]);
		rmSync(join(home.root, 'secrets.json'));
		await expect(make(backup)).rejects.toThrow(/secrets\.json/);
		expect(readdirSync(dirname(backup))).toEqual([]);
		expect(() => readBackupMetadata(dirname(backup))).toThrow('has no complete backup');
	});

	test('rejects a home without a store, a target that exists, and a target inside the home', async () => {
		const within = join(home.data, 's3', 'today');
		await expect(make(within)).rejects.toThrow('which is being backed up');
		expect(existsSync(within)).toBe(false);
		await expect(make(directory())).rejects.toThrow('already exists');
		rmSync(join(home.data, 's3'), { recursive: true });
		await expect(make(backup)).rejects.toThrow(/s3 doesn’t exist\. Either/);
	});
});

describe('restoreBackup', () => {
	beforeEach(() => make(backup));

	test('rejects a home with data', async () => {
		await expect(restoreBackup(backup, home)).rejects.toThrow('already has data');
	});

	test('rejects a home with secrets of another product, and accepts the same secrets', async () => {
		const secrets = join(other.root, 'secrets.json');
		writeFileSync(secrets, '{"of":"servers elsewhere"}');
		await expect(restoreBackup(backup, other)).rejects.toThrow('secrets.json belongs to another product');
		expect(readFileSync(secrets, 'utf8')).toBe('{"of":"servers elsewhere"}');
		expect(isHalfRestored(other)).toBe(false);
		writeFileSync(secrets, readFileSync(join(backup, 'secrets.json')));
		await restoreBackup(backup, other);
	});

	test('leaves nothing behind when it is stopped', async () => {
		await expect(restoreBackup(backup, other, AbortSignal.abort())).rejects.toThrow(/abort/i);
		expect(isHalfRestored(other)).toBe(false);
		expect(existsSync(join(other.root, 'secrets.json'))).toBe(false);
	});
});
