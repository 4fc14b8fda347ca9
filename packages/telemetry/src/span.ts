import {
	type Attributes,
	type Context,
	context,
	type Span,
	SpanKind,
	SpanStatusCode,
	trace,
} from '@opentelemetry/api';

export type { Span };
export { SpanKind };

/**
 * Names are operations, commands and event types, of which there are few. Attributes are our ids, numbers and words from short
 * lists: never a file name, token, email or URL, as presigned URLs are secrets.
 */
interface SpanOptions {
	kind?: SpanKind;
	attributes?: Attributes;
	/** Continues this trace instead of the current one. */
	parent?: Context | undefined;
}

const tracer = trace.getTracer('creatorr');

/**
 * Runs work in a span of the current trace. Without a trace it creates no span, so that timers and heartbeats make no traces. An
 * error fails the span and is rethrown.
 */
export async function inSpan<T>(
	name: string,
	{ kind = SpanKind.INTERNAL, attributes = {}, parent = context.active() }: SpanOptions,
	work: (span?: Span) => Promise<T>,
): Promise<T> {
	if (!trace.getSpanContext(parent)) return await work();
	return await tracer.startActiveSpan(name, { kind, attributes }, parent, async (span) => {
		try {
			return await work(span);
		} catch (error) {
			failSpan(span, error);
			throw error;
		} finally {
			span.end();
		}
	});
}

/** Marks a span as failed with the error's class and code. A message may contain personal data. */
export function failSpan(span: Span, error: unknown): void {
	const type = error instanceof Error ? error.name : 'unknown';
	const code = error instanceof Error && 'code' in error ? { 'creatorr.error_code': String(error.code) } : {};
	span.setAttributes({ 'error.type': type, ...code });
	markFailed(span);
}

export function markFailed(span: Span): void {
	span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Begins a trace, or a span of `parent`. The caller ends the span. */
export function beginSpan(
	name: string,
	{ kind = SpanKind.INTERNAL, attributes = {}, parent }: SpanOptions,
): Span {
	return tracer.startSpan(name, { kind, attributes, root: parent === undefined }, parent);
}

/** Runs work in a span that the caller ends. */
export function withSpan<T>(span: Span, work: () => T): T {
	return context.with(trace.setSpan(context.active(), span), work);
}

/** Adds attributes to the current span, if any. */
export function addSpanAttributes(attributes: Attributes): void {
	trace.getActiveSpan()?.setAttributes(attributes);
}

/** Returns the id of the current trace, for log lines. */
export function currentTraceId(): string | undefined {
	return trace.getActiveSpan()?.spanContext().traceId;
}
