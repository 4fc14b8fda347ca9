import { configOrExit } from '@creatorr/service/process';
import { readConfig } from './config.ts';
import { openSigningKeys } from './data/open-signing-keys.ts';
import { runKeysCommand, UsageError } from './keys-command.ts';

const config = configOrExit(() => readConfig(process.env));
const { keys, close } = openSigningKeys(config.AUTH_DATABASE_DIRECT_URL ?? config.AUTH_DATABASE_URL);
try {
	const rules = { encryptionKey: config.AUTH_KEY_ENCRYPTION_KEY, tokenTtlSeconds: config.TOKEN_TTL_SECONDS };
	await runKeysCommand(
		{ rules, keys, print: (line) => process.stdout.write(`${line}\n`) },
		process.argv.slice(2),
	);
} catch (error) {
	if (!(error instanceof UsageError)) throw error;
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 1;
} finally {
	await close();
}
