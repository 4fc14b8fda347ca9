import { createIdentitySigner } from '@creatorr/service/identity';
import { commandLogger, runOperatorCommand } from '@creatorr/service/operator-command';
import { configOrExit } from '@creatorr/service/process';
import { adminCommands, HELP } from './admin-command.ts';
import { loadAuthConfig } from './config.ts';
import { openOperatorStores } from './data/open-operator-stores.ts';
import { createRevocationPusher } from './gateway-client.ts';

const config = configOrExit(() => loadAuthConfig(process.env));
const { close, ...stores } = openOperatorStores(config.AUTH_DATABASE_DIRECT_URL ?? config.AUTH_DATABASE_URL);
const deps = {
	...stores,
	pushRevocations: createRevocationPusher(createIdentitySigner('auth', config.INTERNAL_PRIVATE_KEY)),
	logger: commandLogger,
};
await runOperatorCommand({ args: process.argv.slice(2), help: HELP, commands: adminCommands(deps) });
await close();
