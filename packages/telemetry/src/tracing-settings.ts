/** A running exporter. */
export interface Tracing {
	/** Sends the remaining spans. Also resolves if the collector is down. */
	stop(): Promise<void>;
}

/** The settings that this process reads from OpenTelemetry variables. The exporter reads its endpoint and headers itself. */
export interface TracingSettings {
	isOn: boolean;
	serviceName: string;
	/** Share of the traces that begin here, from 0 to 1. */
	share: number;
	/** Whether a trace of another process is sampled as its traceparent says. */
	followsParents: boolean;
}

const SAMPLERS: Record<string, { share: 'all' | 'none' | 'ratio'; followsParents: boolean }> = {
	always_on: { share: 'all', followsParents: false },
	always_off: { share: 'none', followsParents: false },
	traceidratio: { share: 'ratio', followsParents: false },
	parentbased_always_on: { share: 'all', followsParents: true },
	parentbased_always_off: { share: 'none', followsParents: true },
	parentbased_traceidratio: { share: 'ratio', followsParents: true },
};

function isSet(value: string | undefined): value is string {
	return value !== undefined && value !== '';
}

function shareOf(kind: 'all' | 'none' | 'ratio', argument: string | undefined): number {
	if (kind !== 'ratio') return kind === 'all' ? 1 : 0;
	const share = isSet(argument) ? Number(argument) : 1;
	if (!(share >= 0 && share <= 1)) throw new Error('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1');
	return share;
}

/** Reads the environment. Throws an Error that names a wrong variable. */
export function readTracingSettings(service: string, env: NodeJS.ProcessEnv): TracingSettings {
	const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? env.OTEL_EXPORTER_OTLP_ENDPOINT;
	const isOn =
		isSet(endpoint) && env.OTEL_SDK_DISABLED !== 'true' && (env.OTEL_TRACES_EXPORTER ?? 'otlp') === 'otlp';
	const name = isSet(env.OTEL_TRACES_SAMPLER) ? env.OTEL_TRACES_SAMPLER : 'parentbased_always_on';
	const sampler = SAMPLERS[name];
	if (!sampler) throw new Error(`OTEL_TRACES_SAMPLER must be one of ${Object.keys(SAMPLERS).join(', ')}`);
	return {
		isOn,
		serviceName: isSet(env.OTEL_SERVICE_NAME) ? env.OTEL_SERVICE_NAME : service,
		share: shareOf(sampler.share, env.OTEL_TRACES_SAMPLER_ARG),
		followsParents: sampler.followsParents,
	};
}
