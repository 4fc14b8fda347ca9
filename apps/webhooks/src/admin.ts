import { loadConfig } from '@creatorr/service/config';
import { runOperatorCommand } from '@creatorr/service/operator-command';
import { configOrExit } from '@creatorr/service/process';
import { configSchema } from './config.ts';
import { openCommandDatabase } from './database.sql.ts';
import { adminCommands, HELP } from './operators/admin-command.ts';

const prisma = openCommandDatabase(configOrExit(() => loadConfig(configSchema)));
await runOperatorCommand({ args: process.argv.slice(2), help: HELP, commands: adminCommands(prisma) });
await prisma.$disconnect();
