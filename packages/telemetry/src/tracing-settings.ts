/** A running exporter. */
export interface Tracing {
	/** Sends the remaining spans. Also resolves if the collector is down. */
	stop(): Promise<void>;
}

/** The settings that this process reads from OpenTelemetry variables. The exporter reads its endpoint and headers itself. */
export interface TracingSettings {
	isOn: boolean;
	serviceName: string;
	/** Sampled ratio of the traces that begin here, from 0 to 1. */
	ratio: number;
	/** Whether a trace of another process is sampled as its traceparent says. */
	isParentBased: boolean;
}

const SAMPLERS: Record<string, { root: 'all' | 'none' | 'ratio'; isParentBased: boolean }> = {
	always_on: { root: 'all', isParentBased: false },
	always_off: { root: 'none', isParentBased: false },
	traceidratio: { root: 'ratio', isParentBased: false },
	parentbased_always_on: { root: 'all', isParentBased: true },
	parentbased_always_off: { root: 'none', isParentBased: true },
	parentbased_traceidratio: { root: 'ratio', isParentBased: true },
};

function isSet(value: string | undefined): value is string {
	return value !== undefined && value !== '';
}

function ratioOf(root: 'all' | 'none' | 'ratio', argument: string | undefined): number {
	if (root !== 'ratio') return root === 'all' ? 1 : 0;
	const ratio = isSet(argument) ? Number(argument) : 1;
	if (!(ratio >= 0 && ratio <= 1)) throw new Error('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1');
	return ratio;
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
		ratio: ratioOf(sampler.root, env.OTEL_TRACES_SAMPLER_ARG),
		isParentBased: sampler.isParentBased,
	};
}
