import { createFile } from '@creatorr/contracts/files';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type CreateUploadDeps, createUpload } from '../domain/create-upload.ts';

export function createFileRoute(deps: CreateUploadDeps): Route {
	return defineRoute(createFile, async ({ body, user }) => {
		const upload = await createUpload(deps, {
			userId: user.id,
			name: body.name,
			mimeType: body.mime_type,
			sizeBytes: body.size_bytes,
			wantsParts: body.multipart ?? false,
			jobId: null,
			audience: 'client',
		});
		return { data: upload };
	});
}
