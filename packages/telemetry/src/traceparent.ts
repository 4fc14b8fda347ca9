import { type Context, isSpanContextValid, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';

/** The W3C header, which is also part of messages and jobs. */
export const TRACEPARENT_HEADER = 'traceparent';

const TRACEPARENT = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;

/** Formats a span's context for other processes. */
export function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
	return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** Returns the traceparent of the current span, or undefined without a trace or exporter. */
export function currentTraceparent(): string | undefined {
	const context = trace.getActiveSpan()?.spanContext();
	return context && isSpanContextValid(context) ? traceparentOf(context) : undefined;
}

/** Returns the context of another process's span, or undefined if the text is not a traceparent. */
export function contextOf(traceparent: string | null | undefined): Context | undefined {
	const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
	if (!traceId || !spanId || !flags) return undefined;
	const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
	return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : undefined;
}
