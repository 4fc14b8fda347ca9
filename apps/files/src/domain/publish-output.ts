import { notFound } from '@creatorr/contracts/errors';
import { crashPoint } from '@creatorr/service/crash-point';
import { notUploaded } from './file.ts';
import type { FileRecords } from './ports.ts';
import { type RefreshDeps, refreshFile } from './refresh-file.ts';

export interface PublishDeps extends RefreshDeps {
	records: RefreshDeps['records'] & Pick<FileRecords, 'findOutput' | 'publish'>;
}

/**
 * Makes an output the only one of its job and shows it to its owner, who has it for the plan's whole time from now on. Asked
 * again, it changes nothing. Throws `not_found` when the job has no such output (any more), `file_not_uploaded`.
 */
export async function publishOutput(deps: PublishDeps, wanted: { id: string; jobId: string }): Promise<void> {
	const output = await deps.records.findOutput(wanted.id);
	if (output?.jobId !== wanted.jobId) throw notFound('file');
	if (output.publishedAt !== null) return;
	const current = await refreshFile(deps, output);
	if (!current) throw notFound('file');
	if (current.status === 'pending') throw notUploaded();
	crashPoint('files.publish.bytes-seen');
	const published = await deps.records.publish(current);
	crashPoint('files.publish.committed');
	if (!published) throw notFound('file');
}
