import { AppError } from '@creatorr/contracts/errors';
import { idSchema } from '@creatorr/contracts/ids';
import type { Plan } from '@creatorr/contracts/plans';
import {
	CommandError,
	type CommandLine,
	type OperatorCommand,
	UsageError,
} from '@creatorr/service/operator-command';
import { z } from 'zod';
import { type Config, rulesOf } from '../config.ts';
import { internalCalls } from '../internal-calls.ts';
import { type UsageDeps, usageOf } from '../usage/get-usage.ts';
import { type GrantDeps, type GrantResult, grantPro, revokeGrant } from './grant-pro.ts';
import type { OperatorData } from './operators.sql.ts';

export const HELP = `Plans, for operators. USER is an ID (usr_…).
Runs with the environment of the billing service (with npm start: npm run admin).

  node apps/billing/src/admin.ts user USER [--json]
      Shows the plan, the subscription or grant behind it, and the usage of its limits.

  node apps/billing/src/admin.ts grant USER pro --until YYYY-MM-DD --reason WHY
      Puts a user on Pro through that day (UTC), or until a time such as 2030-01-31T12:00:00Z, at most 100 years from
      now. The grant overrides Stripe. When it ends, the plan follows Stripe again.

  node apps/billing/src/admin.ts revoke-grant USER --reason WHY
      Ends the grant now.

Each command is recorded in operator_actions under the operator's name: --by NAME, or the user of the operating system.
Exit codes: 0 done; 1 not done, for example because there is no such user; 2 wrong usage.
`;

const DAY_MS = 86_400_000;
/** Longer than any real grant, and within the dates that the database can return. */
const GRANT_YEARS_MAX = 100;

export interface AdminDeps extends GrantDeps, Omit<UsageDeps, 'planOf'> {
	readUser(userId: string, operator: string): Promise<object>;
	planOf(userId: string): Promise<Plan>;
	/** Rejects with `not_found`. */
	findAccount(userId: string): Promise<unknown>;
}

export function depsOf(config: Config, data: Omit<OperatorData, 'close'>): AdminDeps {
	return {
		...data,
		...internalCalls(config),
		rules: rulesOf(config),
		plans: config.PLANS,
		planOf: data.customers.planOf,
		now: () => new Date(),
	};
}

/** Returns the id if auth knows the account. */
async function findUser(deps: AdminDeps, userId = ''): Promise<string> {
	if (!idSchema('usr').safeParse(userId).success)
		throw new UsageError(`"${userId}" is not a user ID. A user ID is usr_ and 26 characters.`);
	try {
		await deps.findAccount(userId);
	} catch (error) {
		if (error instanceof AppError && error.code === 'not_found')
			throw new CommandError(`No such user: ${userId}.`);
		throw error;
	}
	return userId;
}

/** Returns null while files or jobs don't respond, so that the rest of the report is still shown. */
async function readUsage(deps: AdminDeps, userId: string) {
	try {
		return (await usageOf(deps, userId)).limits;
	} catch (error) {
		if (error instanceof AppError && error.code === 'upstream_unavailable') return null;
		throw error;
	}
}

async function show(deps: AdminDeps, { positionals: [user], operator }: CommandLine): Promise<object> {
	const userId = await findUser(deps, user);
	return { ...(await deps.readUser(userId, operator())), usage: await readUsage(deps, userId) };
}

/** Parses the end of a grant. A date means the end of that day. */
function readUntil(text: string | undefined, now: Date): Date {
	const day = z.iso.date().safeParse(text).data;
	const time = z.iso.datetime().safeParse(text).data;
	const until = day ? new Date(Date.parse(day) + DAY_MS) : new Date(time ?? Number.NaN);
	if (!(until > now))
		throw new UsageError(
			'--until needs a future date, such as 2030-01-31, or time, such as 2030-01-31T12:00:00Z.',
		);
	const latest = new Date(now);
	latest.setUTCFullYear(now.getUTCFullYear() + GRANT_YEARS_MAX);
	if (until > latest) throw new UsageError(`--until must be within the next ${GRANT_YEARS_MAX} years.`);
	return until;
}

function reportOf(userId: string, granted: GrantResult): object {
	if (!granted) throw new CommandError(`${userId} was deleted.`);
	return { user_id: userId, plan: granted.plan, pro_granted_until: granted.until };
}

async function grant(deps: AdminDeps, line: CommandLine): Promise<object> {
	const [user, plan] = line.positionals;
	if (plan !== 'pro') throw new UsageError(`Can’t grant ${plan}. Only pro can be granted.`);
	const until = readUntil(line.values.until, deps.now());
	const by = { operator: line.operator(), reason: line.reason() };
	const userId = await findUser(deps, user);
	return reportOf(userId, await grantPro(deps, { userId, until, by }));
}

async function revoke(deps: AdminDeps, line: CommandLine): Promise<object> {
	const by = { operator: line.operator(), reason: line.reason() };
	const userId = await findUser(deps, line.positionals[0]);
	const revoked = await revokeGrant(deps, { userId, by });
	if (revoked === 'no grant') throw new CommandError(`${userId} has no grant.`);
	return reportOf(userId, revoked);
}

export function adminCommands(deps: AdminDeps): Record<string, OperatorCommand> {
	const user = { min: 1, max: 1 };
	return {
		user: { positionals: user, options: [], run: (line) => show(deps, line) },
		grant: {
			positionals: { min: 2, max: 2 },
			options: ['until', 'reason'],
			run: (line) => grant(deps, line),
		},
		'revoke-grant': { positionals: user, options: ['reason'], run: (line) => revoke(deps, line) },
	};
}
