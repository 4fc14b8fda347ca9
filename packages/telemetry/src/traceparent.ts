import { type Context, isSpanContextValid, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';

/** W3C's header, which also stands in messages and beside jobs. */
export const TRACEPARENT_HEADER = 'traceparent';

const TRACEPARENT = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;

/** A span as other processes know it. */
export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
	return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** The span that work is going on in now, as others may be told it; undefined outside of traces and where none are kept. */
export function currentTraceparent(): string | undefined {
	const context = trace.getActiveSpan()?.spanContext();
	return context && isSpanContextValid(context) ? traceparentOf(context) : undefined;
}

/** Where spans go on that somebody else began; undefined for what is no traceparent. */
export function contextOf(traceparent: string | null | undefined): Context | undefined {
	const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
	if (!traceId || !spanId || !flags) return undefined;
	const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
	return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : undefined;
}
