import { createLogger, logFormatOf } from '@creatorr/service/logger';
import { configOrExit, runProcess } from '@creatorr/service/process';
import { limitsOf, readConfig } from './config.ts';
import { startGateway } from './start.ts';

const config = configOrExit(() => readConfig());
const logger = createLogger({ service: 'gateway', level: config.LOG_LEVEL, format: logFormatOf(config) });
await runProcess(
	{ service: 'gateway', logger },
	async () => (await startGateway(config, logger, limitsOf(config))).stop,
);
