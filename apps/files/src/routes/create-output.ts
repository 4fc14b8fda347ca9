import { createOutput } from '@creatorr/contracts/internal';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type CreateUploadDeps, createUpload } from '../domain/create-upload.ts';

export function createOutputRoute(deps: CreateUploadDeps): Route {
	return defineRoute(createOutput, async ({ body }) => {
		const upload = await createUpload(deps, {
			userId: body.user_id,
			name: body.name,
			mimeType: body.mime_type,
			sizeBytes: body.size_bytes,
			wantsParts: false,
			jobId: body.job_id,
			audience: 'worker',
		});
		return { data: upload };
	});
}
