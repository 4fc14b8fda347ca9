import type { Kind, OfKind, Stored } from '../objects/wire.ts';
import type { Database } from './database.ts';

export type ObjectStore = {
	find: <K extends Kind>(kind: K, id: string) => OfKind<K> | undefined;
	/** An object of whatever kind. */
	findAny: (id: string) => Stored | undefined;
	/** Adds an object, or puts it in the place of the one with its id. */
	put: (object: Stored) => void;
	/** In the order in which Stripe lists. */
	newestFirst: <K extends Kind>(kind: K, of?: { customer: string }) => OfKind<K>[];
	/** Removes the objects of a kind that a time has left behind. */
	forget: (kind: Kind, createdBefore: number) => void;
};

type Row = { body: string };

/** Stripe's objects, as JSON. */
export function createObjectStore(database: Database): ObjectStore {
	const one = database.prepare('SELECT body FROM objects WHERE kind = ? AND id = ?');
	const any = database.prepare(
		"SELECT body FROM objects WHERE id = ? AND kind NOT IN ('checkout_terms', 'wallet')",
	);
	const all = database.prepare('SELECT body FROM objects WHERE kind = ? ORDER BY position DESC');
	const ofCustomer = database.prepare(
		'SELECT body FROM objects WHERE kind = ? AND customer = ? ORDER BY position DESC',
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
		newestFirst: (kind, of) => {
			const rows = of === undefined ? all.all(kind) : ofCustomer.all(kind, of.customer);
			return rows.map((row) => JSON.parse((row as Row).body));
		},
		forget: (kind, createdBefore) => void remove.run(kind, createdBefore),
	};
}
