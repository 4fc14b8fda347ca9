import { useSyncExternalStore } from 'react';
import { api } from '../api/client.ts';
import { session } from '../api/session.ts';
import { refreshFiles } from '../files/file-queries.ts';
import { refreshJobs } from '../history/job-queries.ts';
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
