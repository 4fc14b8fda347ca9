import { notFound } from '@creatorr/contracts/errors';
import { notUploaded } from './file.ts';
import { type FilePolicy, keepingOf } from './policy.ts';
import type { FileRecords } from './ports.ts';
import { type RefreshDeps, refreshFile } from './refresh-file.ts';

export interface PublishDeps extends RefreshDeps {
	records: RefreshDeps['records'] & Pick<FileRecords, 'findOutput' | 'publish'>;
	policy: Pick<FilePolicy, 'plans'>;
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
	const published = await deps.records.publish(current, (plan) => keepingOf(deps.policy.plans, plan));
	if (!published) throw notFound('file');
}
