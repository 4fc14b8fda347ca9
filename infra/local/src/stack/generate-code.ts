import { join } from 'node:path';
import { programEnvironment } from '../backing/base-environment.ts';
import { StartError } from '../supervisor/start-error.ts';
import { runProgram } from './run-program.ts';
import { REPOSITORY } from './settings.ts';

const TIMEOUT_MS = 120_000;

/** Where the build of the web app is, for the gateways to serve. */
export const WEB_DIR = join(REPOSITORY, 'apps', 'web', 'dist');

/** Runs a task of all packages that have it; turbo skips those of which nothing has changed. */
async function runTask(task: string, failure: string, homeRoot: string, stop: AbortSignal): Promise<void> {
	const turbo = join(REPOSITORY, 'node_modules', '.bin', 'turbo');
	const { exitCode, output } = await runProgram([turbo, 'run', task, '--output-logs=errors-only'], {
		env: programEnvironment(homeRoot, {
			TURBO_TELEMETRY_DISABLED: '1',
			// generating needs no schema engine, which Prisma would download
			PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
		}),
		stop,
		timeoutMs: TIMEOUT_MS,
	});
	if (exitCode !== 0 && !stop.aborted) throw new StartError(`${failure}:\n${output}`);
}

/**
 * Generates the database clients from each service's schema, and the types of the API from its description.
 * @throws StartError with the generator's output
 */
export function generateCode(homeRoot: string, stop: AbortSignal): Promise<void> {
	return runTask('generate', 'Can’t generate code', homeRoot, stop);
}

/**
 * Builds what browsers load.
 * @throws StartError with the bundler's output
 */
export function buildWeb(homeRoot: string, stop: AbortSignal): Promise<void> {
	return runTask('build', 'Can’t build the web app', homeRoot, stop);
}
