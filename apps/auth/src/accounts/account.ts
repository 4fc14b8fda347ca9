import { AppError } from '@creatorr/contracts/errors';
import type { Database } from '../database.sql.ts';
import { type Credentials, findAccountById } from './accounts.sql.ts';

/** Origin of a request. */
export interface Client {
	address: string;
	userAgent: string | null;
}

/** Sender of a request. */
export interface Caller {
	client: Client;
	/** Aborted when the client disconnects. */
	clientGone: AbortSignal;
}

/** Returns the sender of a request, as the gateway saw it. */
export function callerOf(input: {
	clientAddress: string;
	header(name: string): string | undefined;
	closed: AbortSignal;
}): Caller {
	const client = { address: input.clientAddress, userAgent: input.header('user-agent') ?? null };
	return { client, clientGone: input.closed };
}

/** Returns the account of a signed-in user. Throws `unauthorized` if it was deleted while the request was on its way. */
export async function loadAccount(prisma: Database, userId: string): Promise<Credentials> {
	const found = await findAccountById(prisma, userId);
	if (!found) throw new AppError('unauthorized', 'This account no longer exists.');
	return found;
}
