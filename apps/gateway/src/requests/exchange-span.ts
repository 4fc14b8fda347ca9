import { endRequestSpan } from '@creatorr/service/request-span';
import { beginSpan, type Span, SpanKind } from '@creatorr/telemetry/span';
import { isTracing } from '@creatorr/telemetry/start-tracing';
import { contextOf, TRACEPARENT_HEADER } from '@creatorr/telemetry/traceparent';
import type { Exchange, PublicRequest } from '../exchange.ts';

/** Name until the operation is known. */
const NAME_UNTIL_ROUTED = 'request';

/**
 * Begins the span of a request. It starts a new trace unless clients are trusted: with their traceparent, anyone could decide what is
 * sampled and under which ids. Returns undefined, at no cost, if this process exports no traces.
 */
export function beginExchangeSpan(
	req: PublicRequest,
	requestId: string,
	trustsClients: boolean,
): Span | undefined {
	if (!isTracing()) return undefined;
	const traceparent = req.headers[TRACEPARENT_HEADER];
	const parent = trustsClients && typeof traceparent === 'string' ? contextOf(traceparent) : undefined;
	const attributes = { request_id: requestId };
	return beginSpan(NAME_UNTIL_ROUTED, { kind: SpanKind.SERVER, attributes, parent });
}

/** Ends the span of a finished exchange. */
export function endExchangeSpan({ span, operation, res }: Exchange): void {
	if (!span) return;
	span.updateName(operation?.id ?? 'none');
	endRequestSpan(span, res.writableFinished ? res.statusCode : undefined);
}
