import { openDeadLetters } from '@creatorr/messaging/dead-letters';
import { loadConfig } from '@creatorr/service/config';
import { runOperatorCommand } from '@creatorr/service/operator-command';
import { configOrExit } from '@creatorr/service/process';
import { configSchema } from './config.ts';
import { openCommandDatabase } from './database.sql.ts';
import { dlqCommands, HELP } from './operators/dlq-command.ts';

const config = configOrExit(() => loadConfig(configSchema));
const prisma = openCommandDatabase(config);
const commands = dlqCommands({ open: () => openDeadLetters(config.AMQP_URL), prisma });
await runOperatorCommand({ args: process.argv.slice(2), help: HELP, commands });
await prisma.$disconnect();
