import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const SCHEMA = `
	PRAGMA journal_mode = WAL;
	PRAGMA busy_timeout = 5000;
	CREATE TABLE IF NOT EXISTS objects (
		position INTEGER PRIMARY KEY AUTOINCREMENT,
		kind TEXT NOT NULL,
		id TEXT NOT NULL,
		customer TEXT,
		body TEXT NOT NULL,
		UNIQUE (kind, id)
	);
	CREATE INDEX IF NOT EXISTS objects_by_id ON objects (id);
	CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, position);
	CREATE INDEX IF NOT EXISTS objects_by_customer ON objects (kind, customer, position);
	CREATE TABLE IF NOT EXISTS answers (
		key TEXT PRIMARY KEY,
		request TEXT NOT NULL,
		path TEXT NOT NULL,
		request_id TEXT NOT NULL,
		status INTEGER NOT NULL,
		body TEXT NOT NULL,
		created INTEGER NOT NULL
	);
	CREATE TABLE IF NOT EXISTS deliveries (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		event TEXT NOT NULL,
		state TEXT NOT NULL,
		attempts INTEGER NOT NULL,
		due INTEGER NOT NULL,
		first_due INTEGER NOT NULL,
		outcome TEXT
	);
	CREATE INDEX IF NOT EXISTS deliveries_by_due ON deliveries (state, due);
	CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event);
`;

export type Database = DatabaseSync;

/** Everything that outlives a restart, in one SQLite file that only its owner can read. */
export function openDatabase(path: string): Database {
	const database = new DatabaseSync(path);
	if (path !== ':memory:') chmodSync(path, 0o600);
	database.exec(SCHEMA);
	return database;
}

/** Does all of the work or nothing of it. */
export function transact<T>(database: Database, work: () => T): T {
	database.exec('BEGIN IMMEDIATE');
	try {
		const result = work();
		database.exec('COMMIT');
		return result;
	} catch (error) {
		database.exec('ROLLBACK');
		throw error;
	}
}
