import type { IncomingHttpHeaders } from 'node:http';
import { IDENTITY_HEADER, REQUEST_ID_HEADER } from '@creatorr/contracts/identity';
import { TRACEPARENT_HEADER } from '@creatorr/telemetry/traceparent';

/**
 * The client's headers that a service receives. An allow list: an identity, a hop or a host can't be smuggled in under an unexpected
 * spelling.
 */
const FROM_CLIENT = [
	'content-type',
	'content-length',
	'content-encoding',
	'idempotency-key',
	'user-agent',
	// Over the body, which passes as it is.
	'stripe-signature',
] as const;

/** The service's headers that a client receives. */
const FROM_SERVICE = ['content-type', 'content-length', 'retry-after', 'idempotency-replayed'] as const;

/** What the gateway vouches for. */
export interface Vouched {
	identity: string;
	requestId: string;
	clientAddress: string;
	/** The parent of the service's span, where traces are kept. */
	traceparent?: string | undefined;
}

/** The headers of the request to a service. */
export function headersForService(client: IncomingHttpHeaders, vouched: Vouched): IncomingHttpHeaders {
	const headers: Record<string, string> = {
		[IDENTITY_HEADER]: vouched.identity,
		[REQUEST_ID_HEADER]: vouched.requestId,
		'x-forwarded-for': vouched.clientAddress,
	};
	for (const name of FROM_CLIENT) {
		const value = client[name];
		if (typeof value === 'string') headers[name] = value;
	}
	if (vouched.traceparent !== undefined) headers[TRACEPARENT_HEADER] = vouched.traceparent;
	// Without it node would send the body of a DELETE with no framing at all.
	if (client['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
	return headers;
}

/** The headers of the answer to a client that come from the service, as names and values in turn. */
export function headersFromService(service: IncomingHttpHeaders): string[] {
	const headers: string[] = [];
	for (const name of FROM_SERVICE) {
		const value = service[name];
		if (typeof value === 'string') headers.push(name, value);
	}
	return headers;
}
