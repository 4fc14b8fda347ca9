import type { Client } from '../domain/account.ts';

/** Where a request came from, as the gateway has seen it. */
export function clientOf(input: { clientAddress: string; header(name: string): string | undefined }): Client {
	return { address: input.clientAddress, userAgent: input.header('user-agent') ?? null };
}
