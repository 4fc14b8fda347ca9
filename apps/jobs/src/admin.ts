import { loadConfig } from '@creatorr/service/config';
import { runOperatorCommand } from '@creatorr/service/operator-command';
import { configOrExit } from '@creatorr/service/process';
import { adminCommands, HELP } from './admin-command.ts';
import { configSchema } from './config.ts';
import { openOperatorData } from './data/open-operator-data.ts';

const { JOBS_DATABASE_URL, JOBS_DATABASE_DIRECT_URL } = configOrExit(() => loadConfig(configSchema));
const { close, ...data } = openOperatorData(JOBS_DATABASE_DIRECT_URL ?? JOBS_DATABASE_URL);
await runOperatorCommand({ args: process.argv.slice(2), help: HELP, commands: adminCommands(data) });
await close();
