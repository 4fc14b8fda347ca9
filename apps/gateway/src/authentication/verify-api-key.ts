import { hash } from 'node:crypto';
import { isApiKey } from '@creatorr/contracts/api-key-format';
import type { AppError } from '@creatorr/contracts/errors';
import type { LiveApiKey } from '@creatorr/contracts/internal/auth';
import { isInRanges, parseRanges } from '@creatorr/service/address-ranges';
import type { Exchange } from '../exchange.ts';
import type { ApiKeyUse } from './api-key-use.ts';
import { unauthorized } from './bearer-token.ts';
import type { ApiKey } from './credential.ts';
import type { LiveCredentials } from './live-credentials.ts';

/** A well-formed key of a request. */
interface ParsedKey {
	/** SHA-256 in hexadecimal digits. */
	hash: string;
	/** Whether verifying it needs no call to auth. */
	isCached: boolean;
}

/** Verifies API keys. */
export interface ApiKeyVerifier {
	/** Whether a bearer token has the prefix of an API key. */
	hasKeyPrefix(text: string): boolean;
	/** Checks the format. Throws `unauthorized`. Makes no call. */
	parse(text: string): ParsedKey;
	/** Returns the live key if it allows the client's address. Throws or rejects with `unauthorized` or `upstream_unavailable`. */
	verify(keyHash: string, exchange: Pick<Exchange, 'requestId' | 'clientAddress'>): ApiKey | Promise<ApiKey>;
}

interface Deps {
	prefix: string;
	live: LiveCredentials<ApiKey>;
	use: Pick<ApiKeyUse, 'record'>;
}

/** Returns the same error for a key that is malformed, unknown, expired or revoked, or sent from an address that it doesn't allow. */
export function invalidKey(cause?: unknown): AppError {
	return unauthorized(
		'The API key is invalid, expired or revoked, or may not be used from this IP address. Check it in your account, or create a new one.',
		cause,
	);
}

/** Returns the cached form of a key that auth knows. */
export function apiKeyOf(keyHash: string, key: LiveApiKey): ApiKey {
	return {
		kind: 'key',
		userId: key.user_id,
		credentialId: keyHash,
		expiresAtMs: key.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(key.expires_at),
		keyId: key.key_id,
		scopes: new Set(key.scopes),
		tools: key.tools,
		allowedIps: key.allowed_ips && parseRanges(key.allowed_ips),
		plan: key.plan,
		startsGracePeriod: key.starts_grace_period,
	};
}

export function createApiKeyVerifier({ prefix, live, use }: Deps): ApiKeyVerifier {
	function admit(key: ApiKey | null, address: string): ApiKey {
		if (key === null || key.expiresAtMs <= Date.now()) throw invalidKey();
		if (key.allowedIps && !isInRanges(key.allowedIps, address)) throw invalidKey(new Error('address'));
		use.record(key.keyId, address);
		return key;
	}

	return {
		hasKeyPrefix: (text) => text.startsWith(prefix),
		parse(text) {
			if (!isApiKey(prefix, text)) throw invalidKey(new Error('format or checksum'));
			const keyHash = hash('sha256', text, 'hex');
			return { hash: keyHash, isCached: live.isCached(keyHash) };
		},
		verify(keyHash, { requestId, clientAddress }) {
			const found = live.find(keyHash, requestId);
			if (found instanceof Promise) return found.then((key) => admit(key, clientAddress));
			return admit(found, clientAddress);
		},
	};
}
