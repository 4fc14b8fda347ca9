import { idSchema } from '@creatorr/contracts/ids';
import {
	CommandError,
	type CommandLine,
	type OperatorCommand,
	UsageError,
} from '@creatorr/service/operator-command';
import type { Database } from '../database.sql.ts';
import { viewUser } from './view-user.sql.ts';

export const HELP = `Webhooks, for operators.
Runs with the environment of the webhooks service (with npm start: npm run admin).

  node apps/webhooks/src/admin.ts user USER [--json]
      Shows the webhook endpoints of a user (usr_…), their pending deliveries, and the last deliveries.

Each command is recorded in operator_actions under the operator's name: --by NAME, or the user of the operating system.
Exit codes: 0 done; 1 not done, for example because the account was deleted; 2 wrong usage.
`;

async function showUser(prisma: Database, line: CommandLine): Promise<object> {
	const {
		positionals: [userId = ''],
	} = line;
	if (!idSchema('usr').safeParse(userId).success)
		throw new UsageError(`"${userId}" is not a user ID. A user ID is usr_ and 26 characters.`);
	const user = await viewUser(prisma, userId, line.operator());
	if (!user) throw new CommandError(`${userId} was deleted.`);
	return user;
}

export function adminCommands(prisma: Database): Record<string, OperatorCommand> {
	return {
		user: { positionals: { min: 1, max: 1 }, options: [], run: (line) => showUser(prisma, line) },
	};
}
