import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import {
	API_VERSION,
	type Event,
	type EventType,
	type Kind,
	newId,
	type OfKind,
	type Stored,
} from './objects.ts';
import type { Switches } from './switches.ts';

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
	CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, position);
	CREATE INDEX IF NOT EXISTS objects_by_customer ON objects (kind, customer, position);
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
`;

/** Opens the SQLite file with everything that survives a restart. Only its owner can read it. */
export function openDatabase(path: string): DatabaseSync {
	const database = new DatabaseSync(path);
	if (path !== ':memory:') chmodSync(path, 0o600);
	database.exec(SCHEMA);
	return database;
}

type Context = {
	/** Seconds since 1970, as every time in Stripe's objects. */
	now: number;
	/** Where the hosted pages are. */
	pagesUrl: string;
	renewals: Switches['renewals'];
};

/** What an operation reads and writes, in one database transaction. */
export type Transaction = Context & {
	find: <K extends Kind>(kind: K, id: string) => OfKind<K> | undefined;
	/** Adds an object, or replaces the one with its id. */
	put: (object: Stored) => void;
	/** Returns objects in Stripe's order. */
	newestFirst: <K extends Kind>(kind: K, customer?: string) => OfKind<K>[];
	/** Writes an object and the event that reports it. */
	record: <T extends Stored>(type: EventType, object: T) => T;
};

/** Runs `work` in one transaction: keeps all that it writes, or nothing when it throws. `deliver` plans the delivery of an event. */
export function transact<T>(
	database: DatabaseSync,
	context: Context & { deliver: (event: Event) => void },
	work: (tx: Transaction) => T,
): T {
	database.exec('BEGIN IMMEDIATE');
	try {
		const result = work(createTransaction(database, context));
		database.exec('COMMIT');
		return result;
	} catch (error) {
		database.exec('ROLLBACK');
		throw error;
	}
}

function createTransaction(
	database: DatabaseSync,
	{ deliver, ...context }: Context & { deliver: (event: Event) => void },
): Transaction {
	const put: Transaction['put'] = (object) => {
		const customer = 'customer' in object ? object.customer : null;
		database
			.prepare(
				`INSERT INTO objects (kind, id, customer, body) VALUES (?, ?, ?, ?)
				ON CONFLICT (kind, id) DO UPDATE SET customer = excluded.customer, body = excluded.body`,
			)
			.run(object.object, object.id, customer, JSON.stringify(object));
	};
	return {
		...context,
		put,
		find: (kind, id) => {
			const row = database.prepare('SELECT body FROM objects WHERE kind = ? AND id = ?').get(kind, id);
			return row === undefined ? undefined : JSON.parse(String(row.body));
		},
		newestFirst: (kind, customer) => {
			const condition = customer === undefined ? '' : 'AND customer = ?';
			const parameters = customer === undefined ? [kind] : [kind, customer];
			return database
				.prepare(`SELECT body FROM objects WHERE kind = ? ${condition} ORDER BY position DESC`)
				.all(...parameters)
				.map(({ body }) => JSON.parse(String(body)));
		},
		record: (type, object) => {
			put(object);
			const event: Event = {
				id: newId('evt'),
				object: 'event',
				api_version: API_VERSION,
				created: context.now,
				data: { object },
				livemode: false,
				type,
			};
			put(event);
			deliver(event);
			return object;
		},
	};
}
