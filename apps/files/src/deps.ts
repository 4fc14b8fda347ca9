import type { KeyedMutex } from '@creatorr/service/keyed-mutex';
import type { Logger } from '@creatorr/service/logger';
import type { Database } from './files.sql.ts';
import type { FilePolicy } from './policy.ts';
import type { FileStore } from './store/file-store.ts';

/** Dependencies of the service's routes, consumers, tasks and rules. */
export interface Deps {
	prisma: Database;
	store: FileStore;
	policy: FilePolicy;
	/** By user id. Inserts of one user wait here for the account's row lock, without a database connection. */
	insertMutex: KeyedMutex;
	logger: Logger;
}
