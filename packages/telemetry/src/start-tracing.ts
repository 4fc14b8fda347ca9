import { readTracingSettings, type Tracing } from './tracing-settings.ts';

let isOn = false;

/** Whether this process keeps traces. */
export function isTracing(): boolean {
	return isOn;
}

/**
 * Keeps traces from now on, where the environment names somebody to send them to; else nothing is loaded and spans cost next to
 * nothing. Throws an Error that names a variable that is wrong.
 */
export async function startTracing(service: string): Promise<Tracing> {
	// The exporter reads the same environment by itself.
	const settings = readTracingSettings(service, process.env);
	if (!settings.isOn) return { stop: async () => undefined };
	const { startSdk } = await import('./sdk.ts');
	const sdk = startSdk(settings);
	isOn = true;
	return sdk;
}
