import { join } from 'node:path';
import { migrateDeploy } from '@creatorr/database/migrate';
import { ensureDatabase } from '../backing/databases.ts';
import type { DatabaseOwner, Secrets } from '../backing/secrets.ts';
import type { Task } from '../supervisor/process.ts';
import { StartError } from '../supervisor/start-error.ts';
import { REPOSITORY } from './settings.ts';

/** One task a service: its database exists, with its role, and has every migration. */
export function databaseTasks(
	owners: DatabaseOwner[],
	databaseUrls: Partial<Record<DatabaseOwner, string>>,
	own: { adminUrl: string; secrets: Secrets } | undefined,
): Task[] {
	return owners.map((owner) => ({
		kind: 'task',
		name: `${owner}-database`,
		dependsOn: own === undefined ? [] : ['postgres'],
		run: async () => {
			if (own !== undefined) await ensureDatabase(own.adminUrl, owner, own.secrets.databasePasswords[owner]);
			const databaseUrl = databaseUrls[owner] ?? '';
			try {
				await migrateDeploy({ databaseUrl, directory: join(REPOSITORY, 'apps', owner, 'prisma') });
			} catch (error) {
				throw new StartError(
					`The database of ${owner} cannot be migrated: ${error instanceof Error ? error.message : error}`,
				);
			}
		},
	}));
}
