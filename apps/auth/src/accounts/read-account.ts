import { getMe } from '@creatorr/contracts/auth';
import { AppError } from '@creatorr/contracts/errors';
import { getAccount } from '@creatorr/contracts/internal/auth';
import { defineRoute, type Route } from '@creatorr/service/route';
import type { Database } from '../database.sql.ts';
import { loadAccountWithPassword } from './account.ts';
import { findAccountById } from './accounts.sql.ts';

interface Deps {
	prisma: Database;
}

/** GET /v1/me: returns the user's account. */
export function getMeRoute({ prisma }: Deps): Route {
	return defineRoute(getMe, async ({ user }) => ({
		data: (await loadAccountWithPassword(prisma, user.id)).account,
	}));
}

/** Returns the owner of an account to other services. */
export function getAccountRoute({ prisma }: Deps): Route {
	return defineRoute(getAccount, async ({ params }) => {
		const found = await findAccountById(prisma, params.id);
		if (!found) throw new AppError('not_found', 'No such account.');
		const { email, name, email_verified } = found.account;
		return { data: { email, name, email_verified } };
	});
}
