import { useSyncExternalStore } from 'react';
import { api } from '../api/client.ts';
import { refreshFiles } from '../api/file-queries.ts';
import { refreshJobs } from '../api/job-queries.ts';
import { session } from '../api/session.ts';
import type { UploadContext } from './next-effect.ts';
import type { Upload } from './upload.ts';
import { openUploadDatabase } from './upload-database.ts';
import { createUploadStore } from './upload-store.ts';

/** The uploads of this browser. */
export const uploads = createUploadStore({
	api,
	session,
	database: openUploadDatabase(),
	onJobChange: (userId) => {
		void refreshJobs(userId);
		refreshFiles(userId);
	},
});

/** Returns the user's uploads, newest first. */
export function useUploads(): readonly Upload[] {
	return useSyncExternalStore(uploads.subscribe, uploads.list);
}

export function useUploadContext(): UploadContext {
	return useSyncExternalStore(uploads.subscribe, uploads.context);
}
