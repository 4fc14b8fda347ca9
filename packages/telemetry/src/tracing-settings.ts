/** What keeps traces, once it runs. */
export interface Tracing {
	/** Sends what is left; resolves also where nobody takes it. */
	stop(): Promise<void>;
}

/** Of OpenTelemetry's own variables those that decide here; the exporter reads where and how it sends by itself. */
export interface TracingSettings {
	isOn: boolean;
	serviceName: string;
	/** Of the traces that begin here, 0 to 1. */
	share: number;
	/** Whether a trace that somebody else began is kept as that one says. */
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

/** Throws an Error that names a variable that is wrong. */
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
