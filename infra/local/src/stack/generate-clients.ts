import { join } from 'node:path';
import { baseEnvironment } from '../backing/base-environment.ts';
import { ownershipMark } from '../supervisor/ownership.ts';
import { StartError } from '../supervisor/start-error.ts';
import { runProgram } from './run-program.ts';
import { REPOSITORY } from './settings.ts';

const TIMEOUT_MS = 120_000;

/**
 * The database clients that are generated from each service's schema; turbo skips what has not changed.
 * @throws StartError with the generator's words
 */
export async function generateClients(homeRoot: string, stop: AbortSignal): Promise<void> {
	const turbo = join(REPOSITORY, 'node_modules', '.bin', 'turbo');
	const { exitCode, output } = await runProgram([turbo, 'run', 'generate', '--output-logs=errors-only'], {
		env: {
			...baseEnvironment(process.env),
			...ownershipMark(homeRoot),
			TURBO_TELEMETRY_DISABLED: '1',
			// generating needs no schema engine, which Prisma would download
			PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
		},
		stop,
		timeoutMs: TIMEOUT_MS,
	});
	if (exitCode !== 0 && !stop.aborted)
		throw new StartError(`The database clients cannot be generated:\n${output}`);
}
