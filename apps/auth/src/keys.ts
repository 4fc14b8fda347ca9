import { UsageError } from '@creatorr/service/operator-command';
import { configOrExit } from '@creatorr/service/process';
import { readConfig } from './config.ts';
import { openConnections } from './database.sql.ts';
import { runKeysCommand } from './signing-keys/signing-keys-command.ts';

const config = configOrExit(() => readConfig(process.env));
const prisma = openConnections({
	databaseUrl: config.AUTH_DATABASE_DIRECT_URL ?? config.AUTH_DATABASE_URL,
	poolSize: 1,
	applicationName: 'creatorr-auth-keys',
});
const keyRules = { encryptionKey: config.AUTH_KEY_ENCRYPTION_KEY, tokenTtlSeconds: config.TOKEN_TTL_SECONDS };
const print = (line: string) => process.stdout.write(`${line}\n`);
try {
	await runKeysCommand({ prisma, keyRules, print }, process.argv.slice(2));
} catch (error) {
	if (!(error instanceof UsageError)) throw error;
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 1;
} finally {
	await prisma.$disconnect();
}
