import { hash } from 'node:crypto';
import type { apiKeySchema } from '@creatorr/contracts/api-keys';
import type { Scope } from '@creatorr/contracts/scopes';
import type { z } from 'zod';
import type { ApiKeyRow } from './api-keys.sql.ts';

/** An API key in the format of the contract. */
export type ApiKeyView = z.input<typeof apiKeySchema>;

/** What the owner of a key chooses. An empty list of tools or addresses allows all. */
export interface ApiKeySettings {
	name: string;
	scopes: string[];
	tools: string[];
	allowedIps: string[];
	metadata: Record<string, string>;
	expiresAt: Date | null;
}

/** Returns the hash that is stored instead of the key. It needs no salt: 178 random bits can't be guessed. */
export function hashApiKey(key: string): Uint8Array<ArrayBuffer> {
	return new Uint8Array(hash('sha256', key, 'buffer'));
}

/** Returns when the key stops working: the earlier of its expiry and the end of its grace period, or null. */
export function effectiveExpiry({
	expiresAt,
	graceEndsAt,
}: Pick<ApiKeyRow, 'expiresAt' | 'graceEndsAt'>): Date | null {
	if (expiresAt === null || graceEndsAt === null) return expiresAt ?? graceEndsAt;
	return expiresAt < graceEndsAt ? expiresAt : graceEndsAt;
}

function statusOf(row: ApiKeyRow, awaitingUse: ReadonlySet<string>): ApiKeyView['status'] {
	if (row.revokedAt) return 'revoked';
	const end = effectiveExpiry(row);
	if (end && end.getTime() <= Date.now()) return 'expired';
	return row.graceEndsAt || awaitingUse.has(row.id) ? 'rotating' : 'active';
}

const orNull = (list: string[]) => (list.length === 0 ? null : list);

/** Returns the key as its owner sees it. `awaitingUse` has the keys whose grace period has yet to start. */
export function toApiKey(row: ApiKeyRow, awaitingUse: ReadonlySet<string>): ApiKeyView {
	return {
		id: row.id,
		name: row.name,
		start: row.start,
		last4: row.last4,
		scopes: row.scopes as Scope[],
		tools: orNull(row.tools),
		allowed_ips: orNull(row.allowedIps),
		metadata: row.metadata as Record<string, string>,
		status: statusOf(row, awaitingUse),
		created_at: row.createdAt.toISOString(),
		expires_at: effectiveExpiry(row)?.toISOString() ?? null,
		last_used_at: row.lastUsedAt?.toISOString() ?? null,
		last_used_ip: row.lastUsedIp,
		...(row.replaces !== null && { replaces: row.replaces }),
	};
}
