import { setTimeout as sleep } from 'node:timers/promises';
import { queryDatabase } from '../../driver/database.ts';
import { pidOf } from '../../driver/processes.ts';

/** As if its time had come: has files compare all rows with the bucket, and resolves once it has, however often it dies meanwhile. */
export async function reconcileNow(givenUp: AbortSignal): Promise<void> {
	const endedAt = async () => {
		const [row] = await queryDatabase<{ last_ended_at: Date | null }>(
			'files',
			`SELECT last_ended_at FROM chores WHERE name = 'reconciliation'`,
		);
		return row?.last_ended_at?.getTime() ?? 0;
	};
	const before = await endedAt();
	let at = await pidOf('files');
	await queryDatabase('files', `UPDATE chores SET due_at = now() WHERE name = 'reconciliation'`);
	while ((await endedAt()) <= before && !givenUp.aborted) {
		const now = await pidOf('files');
		// As if a lease of a quarter of an hour had run out.
		if (now !== at)
			await queryDatabase(
				'files',
				`UPDATE chores SET lease_until = now(), due_at = now() WHERE name = 'reconciliation'`,
			);
		at = now;
		await sleep(200);
	}
}

/** As if nobody had seen the mark in the bucket yet. */
export async function forgetMark(): Promise<void> {
	await queryDatabase('files', 'UPDATE bucket_marks SET marked_at = NULL');
}

/** As if the key that signs were old enough to be followed by the next; answers how many keys there are. */
export async function ageSigningKey(): Promise<number> {
	await queryDatabase(
		'auth',
		`UPDATE signing_keys SET signs_from = signs_from - interval '10 years' WHERE expires_at IS NULL`,
	);
	return await countSigningKeys();
}

export async function countSigningKeys(): Promise<number> {
	return (await queryDatabase('auth', 'SELECT 1 FROM signing_keys')).length;
}
