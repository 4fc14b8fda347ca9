import { hostname } from 'node:os';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
	BatchSpanProcessor,
	ParentBasedSampler,
	type Sampler,
	TraceIdRatioBasedSampler,
	TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Tracing, TracingSettings } from './tracing-settings.ts';

/** Limits the wait for a collector that is down when a process ends. */
const FLUSH_MS = 1_000;
/** A trace is visible this long after its end. */
const SEND_EVERY_MS = 2_000;

function samplerOf({ ratio, isParentBased }: TracingSettings): Sampler {
	const root = new TraceIdRatioBasedSampler(ratio);
	return isParentBased ? new ParentBasedSampler({ root }) : root;
}

/** Starts the SDK. Nothing else imports it. */
export function startSdk(settings: TracingSettings): Tracing {
	const provider = new TracerProvider({
		resource: resourceFromAttributes({
			'service.name': settings.serviceName,
			'service.namespace': 'creatorr',
			'service.instance.id': `${hostname()}-${process.pid}`,
		}),
		sampler: samplerOf(settings),
		spanProcessors: [
			new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis: SEND_EVERY_MS }),
		],
	});
	context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
	trace.setGlobalTracerProvider(provider);
	return {
		async stop() {
			const tooLong = new Promise<void>((resolve) => setTimeout(resolve, FLUSH_MS).unref());
			await Promise.race([provider.shutdown().catch(() => undefined), tooLong]);
		},
	};
}
