import { loadConfig } from '@creatorr/service/config';
import { runOperatorCommand } from '@creatorr/service/operator-command';
import { configOrExit } from '@creatorr/service/process';
import { configSchema } from './config.ts';
import { adminCommands, depsOf, HELP } from './operators/admin-command.ts';
import { openOperatorData } from './operators/operators.sql.ts';

const config = configOrExit(() => loadConfig(configSchema));
const { close, ...data } = openOperatorData(
	config.BILLING_DATABASE_DIRECT_URL ?? config.BILLING_DATABASE_URL,
);
const commands = adminCommands(depsOf(config, data));
await runOperatorCommand({ args: process.argv.slice(2), help: HELP, commands });
await close();
