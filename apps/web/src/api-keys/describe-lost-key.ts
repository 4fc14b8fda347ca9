import { ConnectionError } from '@creatorr/client';
import { hasCode } from '../api/failure-message.ts';

/** Describes a failure after which a new key may exist, although no response has shown it. Returns undefined for other failures. */
export function describeLostKey(error: Error): string | undefined {
	return error instanceof ConnectionError || hasCode(error, 'upstream_unavailable')
		? 'creatorr didn’t confirm the new key. Reload the page. If the list shows it, rotate it: it can’t be shown again.'
		: undefined;
}
