import { notFound } from '@creatorr/contracts/errors';
import {
	completeOutput,
	createOutput,
	discardOutputs,
	publishOutput,
} from '@creatorr/contracts/internal/files';
import { crashPoint } from '@creatorr/service/crash-point';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { Deps } from '../deps.ts';
import { notUploaded } from '../file.ts';
import { refreshFile } from '../lifecycle/refresh-file.ts';
import { completeUpload } from '../upload/complete-file.ts';
import { createUpload } from '../upload/create-file.ts';
import { deleteOutputs, findOutput, publish } from './outputs.sql.ts';

/** Creates a file for a worker's output, which its owner cannot see before it is published. */
export function createOutputRoute(deps: Deps): Route {
	return defineRoute(createOutput, async ({ body }) => {
		const upload = await createUpload(deps, {
			userId: body.user_id,
			name: body.name,
			mimeType: body.mime_type,
			sizeBytes: body.size_bytes,
			wantsMultipart: false,
			jobId: body.job_id,
			audience: 'worker',
		});
		return { data: upload };
	});
}

export function completeOutputRoute(deps: Deps): Route {
	return defineRoute(completeOutput, async ({ params, body }) => {
		const output = await findOutput(deps.prisma, params.id);
		if (!output) throw notFound('file');
		await completeUpload(deps, output, body.parts);
	});
}

export function publishOutputRoute(deps: Deps): Route {
	return defineRoute(publishOutput, ({ params, body }) =>
		publishUploaded(deps, { id: params.id, jobId: body.job_id }),
	);
}

/**
 * Makes an output the only published one of its job and shows it to its owner. Its retention period starts now. A repeated call
 * changes nothing. Throws `not_found` when the job has no such output (any more), `file_not_uploaded`.
 */
async function publishUploaded(deps: Deps, wanted: { id: string; jobId: string }): Promise<void> {
	const output = await findOutput(deps.prisma, wanted.id);
	if (output?.jobId !== wanted.jobId) throw notFound('file');
	if (output.publishedAt !== null) return;
	const current = await refreshFile(deps, output);
	if (!current) throw notFound('file');
	if (current.status === 'pending') throw notUploaded();
	crashPoint('files.publish.upload-verified');
	const published = await publish(deps, current);
	crashPoint('files.publish.committed');
	if (!published) throw notFound('file');
}

/** Deletes every output of a job, published or not. */
export function discardOutputsRoute({ prisma }: Deps): Route {
	return defineRoute(discardOutputs, async ({ body }) => {
		await deleteOutputs(prisma, body.job_id);
		crashPoint('files.discard.committed');
	});
}
