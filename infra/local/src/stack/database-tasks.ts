import { join } from 'node:path';
import { migrateDeploy } from '@creatorr/database/migrate';
import { ensureDatabases } from '../backing/databases.ts';
import type { DatabaseOwner, Secrets } from '../backing/secrets.ts';
import type { Task } from '../supervisor/process.ts';
import { StartError } from '../supervisor/start-error.ts';
import { type Databases, REPOSITORY } from './settings.ts';

/**
 * The databases, with their roles, on a server of ours (`own`), and one task a service that brings its tables up to
 * date, wherever its database is.
 */
export function databaseTasks(
	owners: DatabaseOwner[],
	databases: Databases,
	own: { adminUrl: string; secrets: Secrets } | undefined,
): Task[] {
	const creation: Task[] =
		own === undefined
			? []
			: [
					{
						kind: 'task',
						name: 'databases',
						dependsOn: ['postgres'],
						run: () => ensureDatabases(own.adminUrl, owners, own.secrets.databasePasswords),
					},
				];
	const migrations = owners.map(
		(owner): Task => ({
			kind: 'task',
			name: `${owner}-database`,
			dependsOn: creation.map(({ name }) => name),
			run: () => migrate(owner, databases[owner]?.directUrl ?? databases[owner]?.url ?? ''),
		}),
	);
	return [...creation, ...migrations];
}

async function migrate(owner: DatabaseOwner, databaseUrl: string): Promise<void> {
	try {
		await migrateDeploy({ databaseUrl, directory: join(REPOSITORY, 'apps', owner, 'prisma') });
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new StartError(`Can’t migrate the database of ${owner}: ${reason}`);
	}
}
