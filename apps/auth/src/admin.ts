import { createIdentitySigner } from '@creatorr/service/identity';
import { commandLogger, runOperatorCommand } from '@creatorr/service/operator-command';
import { configOrExit } from '@creatorr/service/process';
import { adminCommands, HELP } from './admin-command.ts';
import { readConfig } from './config.ts';
import { createRevocationPusher } from './control/push-revocations.ts';
import { openOperatorStores } from './data/open-operator-stores.ts';
import { createSettler } from './domain/settle-revocations.ts';

const config = configOrExit(() => readConfig(process.env));
const databaseUrl = config.AUTH_DATABASE_DIRECT_URL ?? config.AUTH_DATABASE_URL;
const { close, leases, forgetRevocations, ...stores } = openOperatorStores(databaseUrl);
const pushRevocations = createRevocationPusher(createIdentitySigner('auth', config.INTERNAL_PRIVATE_KEY));
const settle = createSettler({ leases, forgetRevocations, pushRevocations, logger: commandLogger });
const deps = { ...stores, settle, logger: commandLogger };
await runOperatorCommand({ args: process.argv.slice(2), help: HELP, commands: adminCommands(deps) });
await close();
