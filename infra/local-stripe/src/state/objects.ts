import type { Kind, OfKind, Stored } from '../objects/wire.ts';
import type { Database } from './database.ts';

export type ObjectStore = {
	find: <K extends Kind>(kind: K, id: string) => OfKind<K> | undefined;
	/** An object of whatever kind. */
	findAny: (id: string) => Stored | undefined;
	/** Adds an object, or puts it in the place of the one with its id. */
	put: (object: Stored) => void;
	/** In the order in which Stripe lists; read bit by bit, and things may be written meanwhile. */
	newestFirst: <K extends Kind>(kind: K, of?: { customer: string | undefined }) => Iterable<OfKind<K>>;
	/** Removes the objects of a kind that a time has left behind. */
	forget: (kind: Kind, createdBefore: number) => void;
};

type Row = { position: number; body: string };

const READ_AT_ONCE = 100;

/** Stripe's objects, as JSON. */
export function createObjectStore(database: Database): ObjectStore {
	const one = database.prepare('SELECT body FROM objects WHERE kind = ? AND id = ?');
	const any = database.prepare(
		"SELECT body FROM objects WHERE id = ? AND kind NOT IN ('checkout_terms', 'wallet')",
	);
	const all = database.prepare(
		'SELECT position, body FROM objects WHERE kind = ? AND position < ? ORDER BY position DESC LIMIT ?',
	);
	const ofCustomer = database.prepare(
		`SELECT position, body FROM objects WHERE kind = ? AND customer = ? AND position < ?
		ORDER BY position DESC LIMIT ?`,
	);
	const upsert = database.prepare(
		`INSERT INTO objects (kind, id, customer, body) VALUES (?, ?, ?, ?)
		ON CONFLICT (kind, id) DO UPDATE SET customer = excluded.customer, body = excluded.body`,
	);
	const remove = database.prepare(
		"DELETE FROM objects WHERE kind = ? AND json_extract(body, '$.created') < ?",
	);
	const parse = <T>(row: unknown): T | undefined =>
		row === undefined ? undefined : JSON.parse((row as Row).body);

	return {
		find: (kind, id) => parse(one.get(kind, id)),
		findAny: (id) => parse(any.get(id)),
		put: (object) => {
			const customer = 'customer' in object ? object.customer : null;
			upsert.run(object.object, object.id, customer, JSON.stringify(object));
		},
		newestFirst: function* <K extends Kind>(kind: K, { customer }: { customer?: string | undefined } = {}) {
			const readBefore = (position: number): Row[] =>
				(customer === undefined
					? all.all(kind, position, READ_AT_ONCE)
					: ofCustomer.all(kind, customer, position, READ_AT_ONCE)) as Row[];
			let rows = readBefore(Number.MAX_SAFE_INTEGER);
			for (let last = rows.at(-1); last !== undefined; last = rows.at(-1)) {
				for (const { body } of rows) yield JSON.parse(body) as OfKind<K>;
				rows = readBefore(last.position);
			}
		},
		forget: (kind, createdBefore) => void remove.run(kind, createdBefore),
	};
}
