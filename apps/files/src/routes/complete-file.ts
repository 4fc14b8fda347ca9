import { notFound } from '@creatorr/contracts/errors';
import { completeFile } from '@creatorr/contracts/files';
import { createKeyedMutex } from '@creatorr/service/keyed-mutex';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type CompleteDeps, completeUpload } from '../domain/complete-upload.ts';
import type { FileRecords } from '../domain/ports.ts';
import type { SignDownloadDeps } from '../domain/sign-download.ts';
import { toFile } from './file-view.ts';
import { toParts } from './parts-view.ts';

type CompleteFileDeps = CompleteDeps & SignDownloadDeps & { records: Pick<FileRecords, 'findVisible'> };

/** A user completes one upload after the other: each lists its parts in the store. */
export function completeFileRoute(deps: CompleteFileDeps): Route {
	const mutex = createKeyedMutex();
	return defineRoute(completeFile, ({ params, body, user }) =>
		mutex.runExclusive(user.id, async () => {
			const file = await deps.records.findVisible({ id: params.id, userId: user.id });
			if (!file) throw notFound('file');
			const completed = await completeUpload(deps, file, toParts(body.parts));
			return { data: await toFile(deps, completed) };
		}),
	);
}
