import type { Mutant } from './mutant.ts';
import { ACCOUNTS } from './mutants/accounts.ts';
import { CLIENTS } from './mutants/clients.ts';
import { CONNECTIONS_AND_BODIES } from './mutants/connections.ts';
import { DOCUMENTS } from './mutants/documents.ts';
import { GATEWAY } from './mutants/gateway.ts';
import { JOBS } from './mutants/jobs.ts';
import { OPERATORS } from './mutants/operators.ts';
import { RETENTION } from './mutants/retention.ts';
import { SANDBOX } from './mutants/sandbox.ts';
import { SERVICES } from './mutants/services.ts';
import { SIGN_IN } from './mutants/sign-in.ts';
import { WEB } from './mutants/web.ts';
import { WEBHOOKS } from './mutants/webhooks.ts';

export const MUTANTS: readonly Mutant[] = [
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
	...WEBHOOKS,
];
