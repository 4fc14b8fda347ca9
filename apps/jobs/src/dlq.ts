import { openDeadLetters } from '@creatorr/messaging/dead-letters';
import { loadConfig } from '@creatorr/service/config';
import { runOperatorCommand } from '@creatorr/service/operator-command';
import { configOrExit } from '@creatorr/service/process';
import { configSchema } from './config.ts';
import { dlqCommands, HELP } from './dlq-command.ts';

const { AMQP_URL } = configOrExit(() => loadConfig(configSchema));
const commands = dlqCommands(() => openDeadLetters(AMQP_URL));
await runOperatorCommand({ args: process.argv.slice(2), help: HELP, commands });
