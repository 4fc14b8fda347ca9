import type { Database } from './database.ts';

type DeliveryState = 'pending' | 'delivered' | 'failed' | 'dropped';

/** One event on its way to the webhook; times are in milliseconds. */
export type Delivery = {
	id: number;
	event: string;
	state: DeliveryState;
	attempts: number;
	due: number;
	first_due: number;
	/** What the last attempt came to. */
	outcome: string | null;
};

export type Deliveries = {
	add: (event: string, due: number) => void;
	/** Pending ones, those that are due first. */
	pending: (count: number) => Delivery[];
	update: (id: number, changes: Pick<Delivery, 'state' | 'attempts' | 'due' | 'outcome'>) => void;
	/** Gives up on all that are pending, and says how many those were. */
	dropPending: () => number;
	/** The last ones, the newest first. */
	latest: (count: number) => Delivery[];
	forget: (dueBefore: number) => void;
};

export function createDeliveries(database: Database): Deliveries {
	const insert = database.prepare(
		"INSERT INTO deliveries (event, state, attempts, due, first_due) VALUES (?, 'pending', 0, ?, ?)",
	);
	const pending = database.prepare(
		"SELECT * FROM deliveries WHERE state = 'pending' ORDER BY due, id LIMIT ?",
	);
	const update = database.prepare(
		"UPDATE deliveries SET state = ?, attempts = ?, due = ?, outcome = ? WHERE id = ? AND state = 'pending'",
	);
	const drop = database.prepare("UPDATE deliveries SET state = 'dropped' WHERE state = 'pending'");
	const latest = database.prepare('SELECT * FROM deliveries ORDER BY id DESC LIMIT ?');
	const remove = database.prepare("DELETE FROM deliveries WHERE state <> 'pending' AND due < ?");
	return {
		add: (event, due) => void insert.run(event, due, due),
		pending: (count) => pending.all(count) as unknown as Delivery[],
		update: (id, { state, attempts, due, outcome }) => void update.run(state, attempts, due, outcome, id),
		dropPending: () => Number(drop.run().changes),
		latest: (count) => latest.all(count) as unknown as Delivery[],
		forget: (dueBefore) => void remove.run(dueBefore),
	};
}
