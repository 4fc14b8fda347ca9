import type { Messaging } from '@creatorr/messaging/open-broker';
import type { KeyedMutex } from '@creatorr/service/keyed-mutex';
import type { ParamSealer } from '@creatorr/tool-kit/params/secret-params';
import type { Catalog } from '@creatorr/tools/catalog';
import type { LeaseGrace } from './attempts/lease-grace.ts';
import type { Config } from './config.ts';
import type { Fingerprint } from './create/fingerprint.ts';
import type { PrismaClient } from './database.sql.ts';
import type { FilesClient } from './files-client.ts';
import type { JobNotifications } from './read/job-notifications.ts';

/** What the routes, consumers, tasks and metrics of the service work with. `connect` in service.ts makes it. */
export interface Deps extends Messaging {
	config: Config;
	prisma: PrismaClient;
	catalog: Catalog;
	files: FilesClient;
	sealer: ParamSealer;
	fingerprint: Fingerprint;
	/** Creates the jobs of one user one after the other, so that those that wait for the user's lock use no connection. */
	creations: KeyedMutex;
	notifications: JobNotifications;
	mayExpireLeases: LeaseGrace;
	/** Dispatches jobs soon: one was queued or has ended, a worker came, or a limit changed. */
	wakeDispatch(): void;
	/** Reads all watched jobs soon: notifications may have been lost. */
	wakePoll(): void;
}
