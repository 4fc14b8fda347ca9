import { loadConfig } from '@creatorr/service/config';
import { createService } from '@creatorr/service/create-service';
import { createIdentityVerifier } from '@creatorr/service/identity';
import { createLogger, logFormatOf } from '@creatorr/service/logger';
import { closeServer, configOrExit, listen, runProcess } from '@creatorr/service/process';
import { configSchema } from './config.ts';
import { startWorker } from './dependencies.ts';

const config = configOrExit(() => loadConfig(configSchema));
const logger = createLogger({ service: 'tool-worker', level: config.LOG_LEVEL, format: logFormatOf(config) });

/** To return what did not end in time, and to clear up. */
const RETURN_MS = 7_000;
const stopWithinMs = 1_000 * config.TERMINATION_GRACE_SECONDS + RETURN_MS;

await runProcess({ service: 'tool-worker', logger, stopWithinMs }, async () => {
	const worker = await startWorker(config, logger);
	const app = createService({
		logger,
		verifyIdentity: createIdentityVerifier(config.INTERNAL_KEYS),
		routes: [],
		checks: { rabbitmq: () => worker.broker.ping() },
	});
	const server = await listen(app, { host: config.HOST, port: config.PORT });
	return async () => {
		await worker.stop();
		await closeServer(server);
	};
});
