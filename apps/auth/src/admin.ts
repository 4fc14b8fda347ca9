import { createIdentitySigner } from '@creatorr/service/identity';
import { runOperatorCommand } from '@creatorr/service/operator-command';
import { configOrExit } from '@creatorr/service/process';
import { readConfig } from './config.ts';
import { openConnections } from './database.sql.ts';
import { createChangePropagator } from './gateway-leases/propagate-changes.ts';
import { adminCommands, HELP } from './operators/admin-command.ts';

const config = configOrExit(() => readConfig(process.env));
const prisma = openConnections({
	databaseUrl: config.AUTH_DATABASE_DIRECT_URL ?? config.AUTH_DATABASE_URL,
	poolSize: 2,
	applicationName: 'creatorr-auth-admin',
});
const sign = createIdentitySigner('auth', config.INTERNAL_PRIVATE_KEY);
const propagate = createChangePropagator({
	prisma,
	sign,
	onFenced: () =>
		process.stderr.write(
			`A gateway doesn’t respond. Waiting until its lease has expired, at most ${config.GATEWAY_LEASE_MS / 1_000} s.\n`,
		),
});
await runOperatorCommand({
	args: process.argv.slice(2),
	help: HELP,
	commands: adminCommands({ prisma, propagate }),
});
await prisma.$disconnect();
