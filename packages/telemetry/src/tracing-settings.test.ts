import { expect, test } from '@jest/globals';
import { readTracingSettings } from './tracing-settings.ts';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
const read = (env: NodeJS.ProcessEnv) => readTracingSettings('jobs', env);

test('traces are exported only if the environment names a collector', () => {
	expect(read({}).isOn).toBe(false);
	expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }).isOn).toBe(false);
	expect(read(ENDPOINT)).toEqual({ isOn: true, serviceName: 'jobs', ratio: 1, isParentBased: true });
	expect(read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://a/v1/traces' }).isOn).toBe(true);
	expect(read({ ...ENDPOINT, OTEL_SDK_DISABLED: 'true' }).isOn).toBe(false);
	expect(read({ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }).isOn).toBe(false);
});

test('the sampler can keep a ratio of the traces', () => {
	const ratio = {
		...ENDPOINT,
		OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
		OTEL_TRACES_SAMPLER_ARG: '0.1',
	};
	expect(read(ratio)).toMatchObject({ ratio: 0.1, isParentBased: true });
	expect(read({ ...ENDPOINT, OTEL_TRACES_SAMPLER: 'always_off' })).toMatchObject({
		ratio: 0,
		isParentBased: false,
	});
});

test.each([
	[{ OTEL_TRACES_SAMPLER: 'sometimes' }, 'OTEL_TRACES_SAMPLER must be'],
	[{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '7' }, 'OTEL_TRACES_SAMPLER_ARG must be'],
])('names the wrong variable: %j', (env, message) => {
	expect(() => read({ ...ENDPOINT, ...env })).toThrow(message);
});
