import { AppError } from '@creatorr/contracts/errors';
import type { Database } from '../database.sql.ts';
import { type AccountWithPassword, findAccountById } from './accounts.sql.ts';

/** Address and user agent of a request. */
export interface Client {
	address: string;
	userAgent: string | null;
}

/** The client of a request, and whether it still waits for the response. */
export interface Requester {
	client: Client;
	/** Aborted when the client disconnects. */
	clientGone: AbortSignal;
}

/** Returns the client of a request, as the gateway saw it. */
export function requesterOf(input: {
	clientAddress: string;
	header(name: string): string | undefined;
	closed: AbortSignal;
}): Requester {
	const client = { address: input.clientAddress, userAgent: input.header('user-agent') ?? null };
	return { client, clientGone: input.closed };
}

/** Returns the account of a signed-in user, with its password hash. Throws `unauthorized` if it was deleted while the request was on its way. */
export async function loadAccountWithPassword(
	prisma: Database,
	userId: string,
): Promise<AccountWithPassword> {
	const found = await findAccountById(prisma, userId);
	if (!found) throw new AppError('unauthorized', 'This account no longer exists.');
	return found;
}
