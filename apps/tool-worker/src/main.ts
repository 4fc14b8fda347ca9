import { loadConfig } from '@creatorr/service/config';
import { createService } from '@creatorr/service/create-service';
import { createIdentityVerifier } from '@creatorr/service/identity';
import { createLogger, logFormatOf } from '@creatorr/service/logger';
import { closeServer, configOrExit, listen, runProcess } from '@creatorr/service/process';
import { configSchema } from './config.ts';
import { stopWithinMs } from './drain.ts';
import { startWorker } from './worker.ts';

const config = configOrExit(() => loadConfig(configSchema));
const logger = createLogger({ service: 'tool-worker', level: config.LOG_LEVEL, format: logFormatOf(config) });

const options = {
	...{ service: 'tool-worker', logger },
	stopWithinMs: stopWithinMs(config.TERMINATION_GRACE_SECONDS),
};

await runProcess(options, async () => {
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
