import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { beginSpan, currentTraceId, inSpan, withSpan } from './span.ts';
import { contextOf, currentTraceparent, traceparentOf } from './traceparent.ts';

const exporter = new InMemorySpanExporter();

beforeAll(() => {
	context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
	trace.setGlobalTracerProvider(
		new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
	);
});
afterEach(() => exporter.reset());

const ended = () => exporter.getFinishedSpans();

test('work outside a trace creates no span', async () => {
	expect(await inSpan('timer', {}, async (span) => [span, currentTraceparent()])).toEqual([
		undefined,
		undefined,
	]);
	expect(ended()).toEqual([]);
});

test('work in a trace creates a span of it, also after the trace crossed a process boundary', async () => {
	const root = beginSpan('request', {});
	const wire = await withSpan(root, () => inSpan('publish', {}, async () => currentTraceparent()));
	root.end();
	await inSpan('process', { parent: contextOf(wire) }, async () => {
		expect(currentTraceId()).toBe(root.spanContext().traceId);
	});
	const [publish, , process] = ended();
	expect(publish?.parentSpanContext?.spanId).toBe(root.spanContext().spanId);
	expect(process?.parentSpanContext?.spanId).toBe(publish?.spanContext().spanId);
	expect(process?.spanContext().traceId).toBe(root.spanContext().traceId);
});

test('an error fails the span with its class and code, and without its message', async () => {
	const root = beginSpan('request', {});
	const failing = withSpan(root, () =>
		inSpan('work', {}, async () => {
			throw Object.assign(new Error('https://store/secret?signature=1'), { code: 'ENOENT' });
		}),
	);
	await expect(failing).rejects.toThrow('secret');
	const [span] = ended();
	expect(span?.status.code).toBe(SpanStatusCode.ERROR);
	expect(span?.attributes).toEqual({ 'error.type': 'Error', 'creatorr.error_code': 'ENOENT' });
	expect(JSON.stringify([span?.status, span?.events])).not.toContain('secret');
});

test.each([
	'',
	'00-0-0-00',
	`00-${'0'.repeat(32)}-${'1'.repeat(16)}-01`,
	`01-${'1'.repeat(32)}-${'1'.repeat(16)}-01`,
])('%j is not a traceparent', (text) => {
	expect(contextOf(text)).toBeUndefined();
});

test('traceparentOf says whether the trace is sampled', () => {
	const text = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;
	const parent = contextOf(text);
	expect(parent && traceparentOf(trace.getSpanContext(parent) as never)).toBe(text);
});
