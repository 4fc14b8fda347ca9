import type { JobStatus } from '@creatorr/client';
import type { JobFilter } from '../api/job-queries.ts';

export const STATUSES: readonly (readonly [JobStatus, string])[] = [
	['queued', 'Queued'],
	['running', 'Processing'],
	['succeeded', 'Done'],
	['failed', 'Failed'],
	['canceled', 'Canceled'],
];

/** Reads the filter from the URL's query. Ignores invalid values. */
export function filterOf(query: URLSearchParams): JobFilter {
	const status = STATUSES.find(([name]) => name === query.get('status'))?.[0];
	const tool = query.get('tool');
	return { ...(status && { status }), ...(tool && /^[a-z0-9_]{1,64}$/.test(tool) && { tool }) };
}
