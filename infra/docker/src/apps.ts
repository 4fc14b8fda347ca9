import { loadConfig } from '@creatorr/service/config';
import { readTracingSettings } from '@creatorr/telemetry/tracing-settings';
import { readConfig as readAuthConfig } from '../../../apps/auth/src/config.ts';
import { configSchema as billing } from '../../../apps/billing/src/config.ts';
import { configSchema as files } from '../../../apps/files/src/config.ts';
import { readConfig as readGatewayConfig } from '../../../apps/gateway/src/config.ts';
import { configSchema as jobs } from '../../../apps/jobs/src/config.ts';
import { configSchema as toolWorker } from '../../../apps/tool-worker/src/config.ts';
import { configSchema as webhooks } from '../../../apps/webhooks/src/config.ts';

/** All deployed apps, with the function that reads their environment. */
export const LOADERS: Record<string, (env: NodeJS.ProcessEnv) => object> = {
	auth: readAuthConfig,
	files: (env) => loadConfig(files, env),
	jobs: (env) => loadConfig(jobs, env),
	billing: (env) => loadConfig(billing, env),
	webhooks: (env) => loadConfig(webhooks, env),
	'tool-worker': (env) => loadConfig(toolWorker, env),
	gateway: readGatewayConfig,
};

export const APPS = Object.keys(LOADERS);

/** Returns why the app rejects this environment, or undefined if it would start. */
export function configProblem(app: string, env: NodeJS.ProcessEnv): string | undefined {
	try {
		LOADERS[app]?.(env);
		return undefined;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}

/** Returns the variables that an app reads, with those of tracing. */
export function knownVariables(app: string): Set<string> {
	// the dynamic linker and the allocator read these
	const asked = new Set<string>(['LD_PRELOAD', 'MALLOC_CONF']);
	const note = (name: string | symbol): void => {
		if (typeof name === 'string') asked.add(name);
	};
	const env = new Proxy<NodeJS.ProcessEnv>(
		{},
		{
			get(_target, name) {
				note(name);
				return undefined;
			},
			has(_target, name) {
				note(name);
				return false;
			},
		},
	);
	configProblem(app, env);
	readTracingSettings(app, env);
	// read only with a sampler that needs it
	asked.add('OTEL_TRACES_SAMPLER_ARG');
	return asked;
}
