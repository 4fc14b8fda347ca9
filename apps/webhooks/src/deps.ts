import type { Messaging } from '@creatorr/messaging/open-broker';
import type { Outbound } from '@creatorr/outbound/outbound';
import type { Config } from './config.ts';
import type { Database } from './database.sql.ts';
import type { SecretSealer } from './endpoints/secret.ts';
import type { Sender } from './send/sender.ts';

/** Dependencies of the service's routes, consumers, tasks and metrics. `connect` in service.ts creates them. */
export interface Deps extends Messaging {
	config: Config;
	prisma: Database;
	outbound: Outbound;
	sealer: SecretSealer;
	sender: Sender;
	/** Returns whether the account's email is verified. Rejects with `upstream_unavailable` if auth doesn't respond. */
	isEmailVerified(userId: string): Promise<boolean>;
}
