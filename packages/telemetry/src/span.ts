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
 * Names are of operations, commands and events, of which there are few; attributes are ids of ours, numbers and words of short
 * lists: never a file's name, a token, an email, or a URL, as presigned ones are keys.
 */
interface SpanOptions {
	kind?: SpanKind;
	attributes?: Attributes;
	/** Where it goes on, instead of what is going on here. */
	parent?: Context | undefined;
}

const tracer = trace.getTracer('creatorr');

/**
 * Does the work in a span of its own within the trace that is going on; without one nothing is kept, so that timers and
 * heartbeats make no traces. An error ends the span as failed and is thrown on.
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

/** Says of a span that it did not go well, by the error's class and code; a message may hold what is nobody's business. */
export function failSpan(span: Span, error: unknown): void {
	const type = error instanceof Error ? error.name : 'unknown';
	const code = error instanceof Error && 'code' in error ? { 'creatorr.error_code': String(error.code) } : {};
	span.setAttributes({ 'error.type': type, ...code });
	markFailed(span);
}

export function markFailed(span: Span): void {
	span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Begins a trace, or goes on with one: for whoever ends the span by itself. */
export function beginSpan(
	name: string,
	{ kind = SpanKind.INTERNAL, attributes = {}, parent }: SpanOptions,
): Span {
	return tracer.startSpan(name, { kind, attributes, root: parent === undefined }, parent);
}

/** Does the work within a span that somebody else ends. */
export function within<T>(span: Span, work: () => T): T {
	return context.with(trace.setSpan(context.active(), span), work);
}

/** Adds to the span that is going on, if any. */
export function noteOnSpan(attributes: Attributes): void {
	trace.getActiveSpan()?.setAttributes(attributes);
}

/** The trace that is going on, for log lines. */
export function currentTraceId(): string | undefined {
	return trace.getActiveSpan()?.spanContext().traceId;
}
