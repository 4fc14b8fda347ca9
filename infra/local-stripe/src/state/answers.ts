import { createHash } from 'node:crypto';
import type { Database } from './database.ts';

/** As long as Stripe keeps them. */
const KEPT_SECONDS = 24 * 60 * 60;

export type Answer = { status: number; body: string; requestId: string };
export type Asked = { key: string; path: string; form: string };
export type Remembered = Answer & { path: string; isSameRequest: boolean };

export type Answers = {
	/** What was answered under this key before. */
	recall: (asked: Asked) => Remembered | undefined;
	remember: (asked: Asked, answer: Answer, now: number) => void;
	forget: (now: number) => void;
};

type Row = { request: string; path: string; request_id: string; status: number; body: string };

/** What was answered to which idempotency key. */
export function createAnswers(database: Database): Answers {
	const one = database.prepare('SELECT * FROM answers WHERE key = ?');
	const insert = database.prepare('INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)');
	const remove = database.prepare('DELETE FROM answers WHERE created < ?');
	const fingerprint = ({ path, form }: Asked): string =>
		createHash('sha256').update(`${path}\n${form}`).digest('base64');
	return {
		recall: (asked) => {
			const row = one.get(asked.key) as Row | undefined;
			if (row === undefined) return undefined;
			const { status, body, path, request_id: requestId } = row;
			return { status, body, path, requestId, isSameRequest: row.request === fingerprint(asked) };
		},
		remember: (asked, { status, body, requestId }, now) =>
			void insert.run(asked.key, fingerprint(asked), asked.path, requestId, status, body, now),
		forget: (now) => void remove.run(now - KEPT_SECONDS),
	};
}
