import { setTimeout as sleep } from 'node:timers/promises';
import { inSpan } from '@creatorr/telemetry/span';
import { runAfterCommit } from './after-commit.ts';
import type { TransactionOptions, TransactionRunner } from './prisma-types.ts';
import { sqlState } from './sql-state.ts';

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const MAX_TRIES = 5;
const FIRST_PAUSE_MS = 10;

/**
 * Runs `work` in one transaction and commits it. If PostgreSQL aborts it because of another one (serialization failure, deadlock), it runs
 * again, up to 5 times in all. So its effects outside the transaction must be idempotent.
 */
export async function inTransaction<Tx extends object, R>(
	prisma: TransactionRunner<Tx>,
	work: (tx: Tx) => Promise<R>,
	options: TransactionOptions = {},
): Promise<R> {
	return await inSpan('transaction', { attributes: { 'db.system.name': 'postgresql' } }, () =>
		tryTransaction(prisma, work, options),
	);
}

async function tryTransaction<Tx extends object, R>(
	prisma: TransactionRunner<Tx>,
	work: (tx: Tx) => Promise<R>,
	options: TransactionOptions,
): Promise<R> {
	for (let tries = 1; ; tries += 1) {
		try {
			return await runAfterCommit((enlist) =>
				prisma.$transaction((tx) => {
					enlist(tx);
					return work(tx);
				}, options),
			);
		} catch (error) {
			if (tries === MAX_TRIES || !isConflict(error)) throw error;
		}
		// Jitter keeps conflicting transactions from colliding again.
		await sleep(FIRST_PAUSE_MS * 2 ** tries * Math.random());
	}
}

function isConflict(error: unknown): boolean {
	const state = sqlState(error);
	return state === SERIALIZATION_FAILURE || state === DEADLOCK;
}
