import Stripe from 'stripe';

/** The version whose shapes this code reads; raised together with the package. */
const API_VERSION = '2026-10-28.endive';
const TIMEOUT_MS = 8_000;

/** @param apiBase Stripe's own where absent */
export function connect(secretKey: string, apiBase: string | undefined): Stripe {
	const base = apiBase === undefined ? undefined : new URL(apiBase);
	return new Stripe(secretKey, {
		apiVersion: API_VERSION,
		timeout: TIMEOUT_MS,
		maxNetworkRetries: 1,
		telemetry: false,
		...(base && {
			protocol: base.protocol === 'http:' ? 'http' : 'https',
			host: base.hostname,
			port: base.port || (base.protocol === 'http:' ? '80' : '443'),
		}),
	});
}
