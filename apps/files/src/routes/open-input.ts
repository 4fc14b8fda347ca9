import { openInput } from '@creatorr/contracts/internal';
import { defineRoute, type Route } from '@creatorr/service/route';
import { findInput } from '../domain/find-input.ts';
import type { FindDeps } from '../domain/find-own-file.ts';
import { type SignDownloadDeps, signWorkerDownload } from '../domain/sign-download.ts';

export function openInputRoute(deps: FindDeps & SignDownloadDeps): Route {
	return defineRoute(openInput, async ({ params, body }) => {
		const file = await findInput(deps, { id: params.id, userId: body.user_id });
		return {
			data: {
				name: file.name,
				mime_type: file.mimeType,
				size_bytes: file.sizeBytes,
				etag: file.etag,
				download_url: await signWorkerDownload(deps, file),
			},
		};
	});
}
