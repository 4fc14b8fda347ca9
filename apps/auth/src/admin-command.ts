import { CommandError, type CommandLine, type OperatorCommand } from '@creatorr/service/operator-command';
import type { AccountKey, AccountReport } from './domain/account-report.ts';
import type { Operator } from './domain/security-event.ts';
import type { OperatorAct } from './domain/stores.ts';
import { type SuspendDeps, suspendAccount } from './domain/suspend-account.ts';

export const HELP = `Accounts, for operators. Runs with the environment of the auth service.

  node apps/auth/src/admin.ts user USER [--json]
      Shows an account, its sessions and what happened to it. USER is an email or an id (usr_…).

  node apps/auth/src/admin.ts suspend USER --reason WHY
      Nobody signs in any more, no mail sets a new password, and every session has ended at every gateway when the
      command returns. Jobs that were asked for go on.

  node apps/auth/src/admin.ts unsuspend USER --reason WHY
      The owner may sign in again.

Each is kept in security_events under the name of who runs it: --by NAME, or the user of the operating system.
Exit codes: 0 done; 1 not done, as there is no such user, say; 2 called in a wrong way.
`;

export interface AdminDeps extends SuspendDeps {
	findUserId(where: AccountKey): Promise<string | null>;
	/** Keeps that somebody looked. */
	readAccount(where: AccountKey, by: Operator): Promise<AccountReport | null>;
}

function keyOf(user: string): AccountKey {
	return user.includes('@') ? { email: user.trim().toLowerCase() } : { id: user };
}

function noUser(user: string): CommandError {
	return new CommandError(`there is no user ${user}`);
}

async function show(deps: AdminDeps, { words: [user = ''], operator }: CommandLine): Promise<object> {
	const account = await deps.readAccount(keyOf(user), { name: operator(), reason: null });
	if (!account) throw noUser(user);
	return account;
}

async function actOn(deps: AdminDeps, user: string, line: CommandLine): Promise<OperatorAct> {
	const by = { name: line.operator(), reason: line.reason() };
	const userId = await deps.findUserId(keyOf(user));
	if (userId === null) throw noUser(user);
	return { userId, by };
}

async function suspend(deps: AdminDeps, line: CommandLine): Promise<object> {
	const [user = ''] = line.words;
	const act = await actOn(deps, user, line);
	const suspension = await suspendAccount(deps, act);
	if (!suspension) throw noUser(user);
	const { since, revokedCount } = suspension;
	return { id: act.userId, suspended_at: since, sessions_ended: revokedCount };
}

async function unsuspend(deps: AdminDeps, line: CommandLine): Promise<object> {
	const [user = ''] = line.words;
	const act = await actOn(deps, user, line);
	if (!(await deps.suspensions.unsuspend(act))) throw new CommandError(`${user} is not suspended`);
	return { id: act.userId, suspended_at: null };
}

export function adminCommands(deps: AdminDeps): Record<string, OperatorCommand> {
	const words = { min: 1, max: 1 };
	return {
		user: { words, options: [], run: (line) => show(deps, line) },
		suspend: { words, options: ['reason'], run: (line) => suspend(deps, line) },
		unsuspend: { words, options: ['reason'], run: (line) => unsuspend(deps, line) },
	};
}
