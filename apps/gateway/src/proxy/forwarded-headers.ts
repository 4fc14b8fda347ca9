import type { IncomingHttpHeaders } from 'node:http';
import { IDENTITY_HEADER, REQUEST_ID_HEADER } from '@creatorr/contracts/identity';
import { TRACEPARENT_HEADER } from '@creatorr/telemetry/traceparent';

/**
 * The client's headers that a service receives. Because it is an allow list, clients can't smuggle in an identity, a hop or a host under an
 * unexpected spelling.
 */
const FROM_CLIENT = [
	'content-type',
	'content-length',
	'content-encoding',
	'idempotency-key',
	'user-agent',
	// Signs the body, which is forwarded unchanged.
	'stripe-signature',
] as const;

/** The service's headers that a client receives. */
const FROM_SERVICE = [
	'content-type',
	'content-length',
	'retry-after',
	'idempotency-replayed',
	'www-authenticate',
] as const;

/** Facts that the gateway asserts to the service. */
export interface ForwardedContext {
	identity: string;
	requestId: string;
	clientAddress: string;
	/** Parent of the service's span, if traces are exported. */
	traceparent?: string | undefined;
}

/** Returns the headers of the request to a service. */
export function headersForService(
	client: IncomingHttpHeaders,
	context: ForwardedContext,
): IncomingHttpHeaders {
	const headers: Record<string, string> = {
		[IDENTITY_HEADER]: context.identity,
		[REQUEST_ID_HEADER]: context.requestId,
		'x-forwarded-for': context.clientAddress,
	};
	for (const name of FROM_CLIENT) {
		const value = client[name];
		if (typeof value === 'string') headers[name] = value;
	}
	if (context.traceparent !== undefined) headers[TRACEPARENT_HEADER] = context.traceparent;
	// Without it, Node would send the body of a DELETE without framing.
	if (client['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked';
	return headers;
}

/** Returns the service's headers of the response to a client, as alternating names and values. */
export function headersFromService(service: IncomingHttpHeaders): string[] {
	const headers: string[] = [];
	for (const name of FROM_SERVICE) {
		const value = service[name];
		if (typeof value === 'string') headers.push(name, value);
	}
	return headers;
}
