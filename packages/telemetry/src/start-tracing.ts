import { readTracingSettings, type Tracing } from './tracing-settings.ts';

let isOn = false;

/** Whether this process exports traces. */
export function isTracing(): boolean {
	return isOn;
}

/**
 * Starts exporting traces if the environment names a collector; otherwise it loads nothing, and spans cost almost nothing. Throws an
 * Error that names a wrong variable.
 */
export async function startTracing(service: string): Promise<Tracing> {
	// The exporter reads the same environment itself.
	const settings = readTracingSettings(service, process.env);
	if (!settings.isOn) return { stop: async () => undefined };
	const { startSdk } = await import('./sdk.ts');
	const sdk = startSdk(settings);
	isOn = true;
	return sdk;
}
