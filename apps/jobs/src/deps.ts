import type { Messaging } from '@creatorr/messaging/open-broker';
import type { KeyedMutex } from '@creatorr/service/keyed-mutex';
import type { Sealer } from '@creatorr/tool-kit/params/secret-params';
import type { Catalog } from '@creatorr/tools/catalog';
import type { LeaseGrace } from './attempts/lease-grace.ts';
import type { Config } from './config.ts';
import type { Fingerprint } from './create/fingerprint.ts';
import type { Database } from './database.sql.ts';
import type { FilesClient } from './files-client.ts';
import type { JobNotifications } from './read/job-notifications.ts';

/** Dependencies of the service's routes, consumers, tasks and metrics. `connect` in service.ts creates them. */
export interface Deps extends Messaging {
	config: Config;
	prisma: Database;
	catalog: Catalog;
	files: FilesClient;
	sealer: Sealer;
	fingerprint: Fingerprint;
	/** By user id. Inserts of one user's jobs wait here for the user's lock, without a database connection. */
	insertMutex: KeyedMutex;
	notifications: JobNotifications;
	mayExpireLeases: LeaseGrace;
	/** Wakes the dispatch task, after a job was queued or ended, a worker appeared, or a limit changed. */
	wakeDispatch(): void;
	/** Wakes the task `erase_accounts`. */
	wakeEraseAccounts(): void;
	/** Wakes the poll of watched jobs, because notifications may have been lost. */
	wakePoll(): void;
}
