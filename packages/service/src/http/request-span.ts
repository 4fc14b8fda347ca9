import { beginSpan, markFailed, type Span, SpanKind, within } from '@creatorr/telemetry/span';
import { contextOf, TRACEPARENT_HEADER } from '@creatorr/telemetry/traceparent';
import type { RequestHandler } from 'express';
import { contextRequestId } from '../logging/context.ts';

/** Says what a request was answered; undefined when its client left first. */
export function endRequestSpan(span: Span, status: number | undefined): void {
	if (status !== undefined) span.setAttribute('http.response.status_code', status);
	if (status === undefined || status >= 500) markFailed(span);
	span.end();
}

/** A span for each request of an operation that comes from within a trace. */
export function traceRequests(operation: string): RequestHandler {
	return (req, res, next) => {
		const parent = contextOf(req.get(TRACEPARENT_HEADER));
		if (!parent) return next();
		const attributes = { request_id: contextRequestId() ?? '' };
		const span = beginSpan(operation, { kind: SpanKind.SERVER, attributes, parent });
		res.once('close', () => endRequestSpan(span, res.writableFinished ? res.statusCode : undefined));
		within(span, next);
	};
}
