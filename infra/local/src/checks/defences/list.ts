import { ACCOUNTS } from './accounts.ts';
import { CLIENTS } from './clients.ts';
import { CONNECTIONS_AND_BODIES } from './connections.ts';
import type { Defence } from './defence.ts';
import { DOCUMENTS } from './documents.ts';
import { GATEWAY } from './gateway.ts';
import { JOBS } from './jobs.ts';
import { OPERATORS } from './operators.ts';
import { RETENTION } from './retention.ts';
import { SANDBOX } from './sandbox.ts';
import { SERVICES } from './services.ts';
import { SIGN_IN } from './sign-in.ts';
import { WEB } from './web.ts';

/** All that is held against the tests. */
export const DEFENCES: readonly Defence[] = [
	...SANDBOX,
	...DOCUMENTS,
	...GATEWAY,
	...CONNECTIONS_AND_BODIES,
	...SERVICES,
	...SIGN_IN,
	...ACCOUNTS,
	...JOBS,
	...OPERATORS,
	...CLIENTS,
	...RETENTION,
	...WEB,
];
