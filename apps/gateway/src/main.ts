import { createLogger, logFormatOf } from '@creatorr/service/logger';
import { configOrExit, runProcess } from '@creatorr/service/process';
import { limitsOf, readConfig } from './config.ts';
import { fitToOpenFiles, readOpenFileLimit } from './open-files.ts';
import { startGateway } from './start.ts';

const config = configOrExit(() => readConfig());
const logger = createLogger({ service: 'gateway', level: config.LOG_LEVEL, format: logFormatOf(config) });
await runProcess({ service: 'gateway', logger }, async () => {
	const limits = fitToOpenFiles(limitsOf(config), readOpenFileLimit(), logger);
	return (await startGateway(config, logger, limits)).stop;
});
