import { runOperatorCommand } from '@creatorr/service/operator-command';
import { configOrExit } from '@creatorr/service/process';
import { readConfig } from './config.ts';
import { openConnections } from './database.sql.ts';
import { HELP, signingKeysCommands } from './signing-keys/signing-keys-command.ts';

const config = configOrExit(() => readConfig(process.env));
const prisma = openConnections({
	databaseUrl: config.AUTH_DATABASE_DIRECT_URL ?? config.AUTH_DATABASE_URL,
	poolSize: 1,
	applicationName: 'creatorr-auth-signing-keys',
});
const signingKeyRules = {
	encryptionKey: config.AUTH_KEY_ENCRYPTION_KEY,
	tokenTtlSeconds: config.TOKEN_TTL_SECONDS,
};
await runOperatorCommand({
	args: process.argv.slice(2),
	help: HELP,
	commands: signingKeysCommands({ prisma, signingKeyRules }),
});
await prisma.$disconnect();
