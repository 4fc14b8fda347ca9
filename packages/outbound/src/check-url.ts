import { isIP } from 'node:net';
import { type AddressPolicy, isAllowedAddress } from './address-policy.ts';
import { OutboundError } from './outbound-error.ts';

export const MAX_URL_LENGTH = 2_048;
/** Longest host name of DNS (RFC 1035). `URL` accepts longer ones. */
const MAX_HOSTNAME_LENGTH = 253;

/**
 * Control characters, those that change the direction of text, and others that are invisible. `URL` drops or encodes some of them, and turns
 * backslashes into slashes, so that people would read another host than the one it finds.
 */
const MISLEADING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]/u;

/** Lower ports belong to other protocols. */
const FIRST_FREE_PORT = 1_024;

export interface UrlPolicy extends AddressPolicy {
	/** Only for development. */
	allowHttp: boolean;
	/** Hosts of the product's public URLs, with their ports, as `URL.host` returns them. */
	ownHosts: ReadonlySet<string>;
}

/**
 * Parses a user's URL. Throws an OutboundError that says what is wrong with it. `URL` turns every notation of an IPv4 address into four
 * decimal numbers: show and store its `href`, not the text. The addresses of a name are checked when it is connected to.
 */
export function checkUrl(text: string, policy: UrlPolicy): URL {
	const problem = (message: string) => new OutboundError('url_not_allowed', message);
	if (text.length > MAX_URL_LENGTH) throw problem(`must have at most ${MAX_URL_LENGTH} characters`);
	if (MISLEADING.test(text))
		throw problem(
			'must not contain control characters, invisible characters or backslashes; percent-encode them',
		);
	if (!URL.canParse(text)) throw problem('must be a URL such as https://example.com/webhooks');
	const url = new URL(text);
	// `example.com.` is the same host as `example.com`.
	url.hostname = url.hostname.replace(/\.$/, '');
	// Percent-encoding makes it longer.
	if (url.href.length > MAX_URL_LENGTH) throw problem(`must have at most ${MAX_URL_LENGTH} characters`);
	if (url.protocol !== 'https:' && !(policy.allowHttp && url.protocol === 'http:'))
		throw problem('must start with https://');
	if (url.username !== '' || url.password !== '') throw problem('must not contain a username or password');
	if (url.hash !== '') throw problem('must not contain a fragment (#…)');
	// The default port of the scheme is empty.
	if (url.port !== '' && Number(url.port) < FIRST_FREE_PORT)
		throw problem(`must use the default port, or port ${FIRST_FREE_PORT} or higher`);
	if (url.hostname.length > MAX_HOSTNAME_LENGTH)
		throw problem(`must have a host name of at most ${MAX_HOSTNAME_LENGTH} characters`);
	const address = hostOf(url);
	const isOwn = policy.ownHosts.has(url.host);
	if (isOwn || (isIP(address) !== 0 && !isAllowedAddress(address, policy)))
		throw problem('must not lead to a private or reserved address');
	return url;
}

/** Returns the host without the brackets of an IPv6 address. */
function hostOf({ hostname }: URL): string {
	return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
