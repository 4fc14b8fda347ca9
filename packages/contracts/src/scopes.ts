import { z } from 'zod';

/** What an API key may do, in the order in which it is shown. */
export const SCOPES = {
	'files:read': 'List and download files.',
	'files:write': 'Upload and delete files.',
	'jobs:read': 'List, read and watch jobs.',
	'jobs:write': 'Create, cancel and delete jobs.',
	'webhooks:read': 'List webhooks, their deliveries and events.',
	'webhooks:write': 'Create, change and delete webhooks.',
	'usage:read': 'Read how much of each plan limit is used.',
} as const satisfies Record<string, string>;

export type Scope = keyof typeof SCOPES;

const NAMES = Object.keys(SCOPES) as [Scope, ...Scope[]];

export const scopeSchema = z.enum(NAMES).meta({ 'x-enumDescriptions': SCOPES });

/** Scopes without repetitions, in the order of {@link SCOPES}. */
export const scopesSchema = z
	.array(scopeSchema)
	.min(1, { error: 'must have at least one scope' })
	.meta({ maxItems: NAMES.length, examples: [['files:read', 'files:write', 'jobs:read', 'jobs:write']] })
	.transform((scopes) => NAMES.filter((name) => scopes.includes(name)));
