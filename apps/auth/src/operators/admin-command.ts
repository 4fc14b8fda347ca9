import { CommandError, type CommandLine, type OperatorCommand } from '@creatorr/service/operator-command';
import type { Database } from '../database.sql.ts';
import type { PropagateDeps } from '../gateway-leases/propagate-changes.ts';
import { type AccountKey, findUserId, readAccount } from './account-report.sql.ts';
import { suspendAccount } from './suspend-account.ts';
import { type OperatorAction, unsuspend } from './suspensions.sql.ts';

export const HELP = `Accounts, for operators.
Runs with the environment of the auth service (with npm start: npm run admin).

  node apps/auth/src/admin.ts user USER [--json]
      Shows an account, its sessions, API keys and security events. USER is an email or an ID (usr_…).

  node apps/auth/src/admin.ts suspend USER --reason WHY
      Suspends an account: blocks sign-in and password resets, and revokes every session and API key at every gateway
      before the command returns. Disables the webhook endpoints. Queued and running jobs continue.

  node apps/auth/src/admin.ts unsuspend USER --reason WHY
      Lifts the suspension, so that the owner can sign in again and create new API keys. Enables the webhook
      endpoints that the suspension has disabled.

Each is recorded in security_events under the operator's name: --by NAME, or the user of the operating system.
Exit codes: 0 done; 1 not done, for example because there is no such user; 2 wrong usage.
`;

export interface AdminDeps extends PropagateDeps {
	prisma: Database;
}

function keyOf(user: string): AccountKey {
	return user.includes('@') ? { email: user.trim().toLowerCase() } : { id: user };
}

function noUser(user: string): CommandError {
	return new CommandError(`No such user: ${user}.`);
}

async function show(
	{ prisma }: AdminDeps,
	{ positionals: [user = ''], operator }: CommandLine,
): Promise<object> {
	const account = await readAccount(prisma, keyOf(user), { name: operator(), reason: null });
	if (!account) throw noUser(user);
	return account;
}

async function actionOn({ prisma }: AdminDeps, user: string, line: CommandLine): Promise<OperatorAction> {
	const by = { name: line.operator(), reason: line.reason() };
	const userId = await findUserId(prisma, keyOf(user));
	if (userId === null) throw noUser(user);
	return { userId, by };
}

async function runSuspend(deps: AdminDeps, line: CommandLine): Promise<object> {
	const [user = ''] = line.positionals;
	const action = await actionOn(deps, user, line);
	const suspension = await suspendAccount(deps, action);
	if (!suspension) throw noUser(user);
	const { since, revokedCount, revokedKeyCount } = suspension;
	return {
		id: action.userId,
		suspended_at: since,
		sessions_ended: revokedCount,
		api_keys_revoked: revokedKeyCount,
	};
}

async function runUnsuspend(deps: AdminDeps, line: CommandLine): Promise<object> {
	const [user = ''] = line.positionals;
	const action = await actionOn(deps, user, line);
	const wasSuspended = await unsuspend(deps.prisma, action);
	if (!wasSuspended)
		throw new CommandError(`${user} is not suspended. Its webhook endpoints are enabled again.`);
	return { id: action.userId, suspended_at: null };
}

export function adminCommands(deps: AdminDeps): Record<string, OperatorCommand> {
	const positionals = { min: 1, max: 1 };
	return {
		user: { positionals, options: [], run: (line) => show(deps, line) },
		suspend: { positionals, options: ['reason'], run: (line) => runSuspend(deps, line) },
		unsuspend: { positionals, options: ['reason'], run: (line) => runUnsuspend(deps, line) },
	};
}
