import { endRequestSpan } from '@creatorr/service/request-span';
import { beginSpan, type Span, SpanKind } from '@creatorr/telemetry/span';
import { isTracing } from '@creatorr/telemetry/start-tracing';
import { contextOf, TRACEPARENT_HEADER } from '@creatorr/telemetry/traceparent';
import type { Exchange, PublicRequest } from './exchange.ts';

/** Who has asked for what is only known later. */
const NAME_UNTIL_ROUTED = 'request';

/**
 * The span of a request, in a trace of its own: a client’s traceparent would let strangers decide what is kept, and under which
 * ids. Undefined where this process keeps no traces, which costs nothing then.
 */
export function beginExchangeSpan(
	req: PublicRequest,
	requestId: string,
	trustsClients: boolean,
): Span | undefined {
	if (!isTracing()) return undefined;
	const given = req.headers[TRACEPARENT_HEADER];
	const parent = trustsClients && typeof given === 'string' ? contextOf(given) : undefined;
	const attributes = { request_id: requestId };
	return beginSpan(NAME_UNTIL_ROUTED, { kind: SpanKind.SERVER, attributes, parent });
}

/** Ends it, when the exchange is over. */
export function endExchangeSpan({ span, operation, res }: Exchange): void {
	if (!span) return;
	span.updateName(operation?.id ?? 'none');
	endRequestSpan(span, res.writableFinished ? res.statusCode : undefined);
}
