import { openDeadLetters } from '@creatorr/messaging/dead-letters';
import { loadConfig } from '@creatorr/service/config';
import { runOperatorCommand } from '@creatorr/service/operator-command';
import { configOrExit } from '@creatorr/service/process';
import { configSchema } from './config.ts';
import { openOperatorData } from './data/open-operator-data.ts';
import { dlqCommands, HELP } from './dlq-command.ts';

const { AMQP_URL, JOBS_DATABASE_URL, JOBS_DATABASE_DIRECT_URL } = configOrExit(() =>
	loadConfig(configSchema),
);
const { recordLetter, close } = openOperatorData(JOBS_DATABASE_DIRECT_URL ?? JOBS_DATABASE_URL);
const commands = dlqCommands({ open: () => openDeadLetters(AMQP_URL), record: recordLetter });
await runOperatorCommand({ args: process.argv.slice(2), help: HELP, commands });
await close();
