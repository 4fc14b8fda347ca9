import type { Scope } from '@creatorr/client';

/** What a key may do, in plain words. */
export const SCOPE_TEXTS: Readonly<Record<Scope, string>> = {
	'files:read': 'List and download files',
	'files:write': 'Upload and delete files',
	'jobs:read': 'Read jobs and wait for them',
	'jobs:write': 'Create, cancel and delete jobs',
	'webhooks:read': 'Read webhooks, deliveries and events',
	'webhooks:write': 'Create, change and delete webhooks',
	'usage:read': 'Read how much of each plan limit is used',
};

/** Enough to upload a file, process it and download the result. */
export const DEFAULT_SCOPES: ReadonlySet<string> = new Set<Scope>([
	...(['files:read', 'files:write', 'jobs:read', 'jobs:write'] as const),
]);

/** Lifetimes of a new key in days; 0: it never expires. */
export const LIFETIMES: readonly { days: number; text: string }[] = [
	{ days: 0, text: 'Never' },
	{ days: 30, text: 'In 30 days' },
	{ days: 90, text: 'In 90 days' },
	{ days: 365, text: 'In a year' },
];

/** How long a replaced key still works. */
export const GRACE_PERIODS: readonly { seconds: number; text: string }[] = [
	{ seconds: 86_400, text: 'For a day' },
	{ seconds: 3_600, text: 'For an hour' },
	{ seconds: 604_800, text: 'For a week' },
	{ seconds: 0, text: 'No longer' },
];

/** Returns when a key with this lifetime expires, as the API takes it. */
export function expiryOf(days: number, nowMs: number): string | null {
	return days === 0 ? null : new Date(nowMs + days * 86_400_000).toISOString();
}

/** Returns the scopes whose boxes are checked in the form's values. */
export function selectedScopes(values: Readonly<Record<string, string>>): Scope[] {
	return (Object.keys(SCOPE_TEXTS) as Scope[]).filter((scope) => values[scope] !== undefined);
}
