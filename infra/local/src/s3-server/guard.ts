import type { IncomingMessage } from 'node:http';

/**
 * Whether a request may reach the store behind us at all, which verifies every signature it finds but lets requests
 * without one do everything: one AWS signature of version 4 has to be there, in the header or in the query. A
 * preflight carries none by nature. Website hosts are refused, since the store skips verification for them.
 */
export function isPresentable({
	method,
	url = '',
	headers,
}: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): boolean {
	if (/s3-website/i.test(headers.host ?? '')) return false;
	if (method === 'OPTIONS') return true;
	const query = new URLSearchParams(url.slice(url.indexOf('?') + 1));
	const inQuery =
		query.get('X-Amz-Algorithm') === 'AWS4-HMAC-SHA256' && (query.get('X-Amz-Signature') ?? '') !== '';
	const inHeader = headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') ?? false;
	return inQuery !== inHeader;
}
