import { beginSpan, markFailed, type Span, SpanKind, withSpan } from '@creatorr/telemetry/span';
import { contextOf, TRACEPARENT_HEADER } from '@creatorr/telemetry/traceparent';
import type { RequestHandler } from 'express';
import { contextRequestId } from '../logging/context.ts';

/** Ends a span with the status of its response; undefined if the client disconnected before. */
export function endRequestSpan(span: Span, status: number | undefined): void {
	if (status !== undefined) span.setAttribute('http.response.status_code', status);
	if (status === undefined || status >= 500) markFailed(span);
	span.end();
}

/** Creates a span for each request of an operation that belongs to a trace. */
export function traceRequests(operation: string): RequestHandler {
	return (req, res, next) => {
		const parent = contextOf(req.get(TRACEPARENT_HEADER));
		if (!parent) return next();
		const attributes = { request_id: contextRequestId() ?? '' };
		const span = beginSpan(operation, { kind: SpanKind.SERVER, attributes, parent });
		res.once('close', () => endRequestSpan(span, res.writableFinished ? res.statusCode : undefined));
		withSpan(span, next);
	};
}
