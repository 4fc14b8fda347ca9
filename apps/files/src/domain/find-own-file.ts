import { notFound } from '@creatorr/contracts/errors';
import type { FileRecord, OwnedFile } from './file.ts';
import type { FileRecords } from './ports.ts';
import { type RefreshDeps, refreshFile } from './refresh-file.ts';

export interface FindDeps extends RefreshDeps {
	records: RefreshDeps['records'] & Pick<FileRecords, 'findVisible'>;
}

/** A user's file as the store has it now. Throws `not_found`, the same whether it is absent, gone or somebody else's. */
export async function findOwnFile(deps: FindDeps, wanted: OwnedFile): Promise<FileRecord> {
	const file = await deps.records.findVisible(wanted);
	const current = file && (await refreshFile(deps, file));
	if (!current) throw notFound('file');
	return current;
}
