import { useSyncExternalStore } from 'react';
import { api } from '../api/client.ts';
import { refreshFiles } from '../api/files.ts';
import { refreshJobs } from '../api/jobs.ts';
import { session } from '../api/session.ts';
import { openWorkDatabase } from './database.ts';
import type { World } from './hold.ts';
import type { Work } from './work.ts';
import { createWorks } from './works.ts';

/** Those of this browser. */
export const works = createWorks({
	api,
	session,
	database: openWorkDatabase(),
	onJobChange: (userId) => {
		void refreshJobs(userId);
		refreshFiles(userId);
	},
});

/** One's own works, the newest first. */
export function useWorks(): readonly Work[] {
	return useSyncExternalStore(works.subscribe, works.all);
}

export function useWorld(): World {
	return useSyncExternalStore(works.subscribe, works.world);
}
