import { createPublicKey, type KeyObject } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { defineTask } from '@creatorr/service/task';
import { z } from 'zod';
import type { Limits } from '../limit-settings.ts';

interface SigningKeySetDeps {
	/** Loads the JWK set that verifies tokens. */
	load(): Promise<{ keys: readonly unknown[] }>;
	monotonicMs(): number;
	/** Minimum time between two loads. */
	minIntervalMs: number;
	/** Runs at once when a key was removed, so that its tokens are rejected from now on. */
	onRemoved?(): void;
}

/** The public halves of the signing keys, which verify tokens. */
export interface SigningKeySet {
	find(keyId: string): KeyObject | undefined;
	/** Whether these ids, in any order, are exactly those of the published keys at the last load. */
	hasExactly(keyIds: readonly string[]): boolean;
	/** Resolves after a load that began after this call. Rejects if that load failed. */
	refresh(): Promise<void>;
	/** Changes when a key is added, replaced or removed. */
	version(): number;
	/** Whether keys were ever loaded. */
	isLoaded(): boolean;
}

const jwkSchema = z.object({
	kid: z.string(),
	kty: z.literal('EC'),
	crv: z.literal('P-256'),
	x: z.string(),
	y: z.string(),
});

type Jwk = z.output<typeof jwkSchema>;

/** Parses the signing keys of tokens and skips others. */
function readKeys(keys: readonly unknown[]): Jwk[] {
	return keys.flatMap((key) => {
		const parsed = jwkSchema.safeParse(key);
		return parsed.success ? [parsed.data] : [];
	});
}

function idOf(key: unknown): unknown {
	return typeof key === 'object' && key !== null && 'kid' in key ? key.kid : undefined;
}

/** Returns an empty key set; `refresh` loads it. */
export function createSigningKeySet(deps: SigningKeySetDeps): SigningKeySet {
	let keys: ReadonlyMap<string, KeyObject> = new Map();
	let publishedIds: ReadonlySet<unknown> = new Set();
	let text = '';
	let version = 0;
	let lastStartMs = Number.NEGATIVE_INFINITY;
	let appliedStartMs = Number.NEGATIVE_INFINITY;
	let next: Promise<void> | undefined;

	async function load(): Promise<void> {
		const waitMs = lastStartMs + deps.minIntervalMs - deps.monotonicMs();
		await delay(Math.max(0, waitMs));
		next = undefined;
		const startMs = deps.monotonicMs();
		lastStartMs = startMs;
		const published = (await deps.load()).keys;
		// Loads may overlap. An older set could have a retired key.
		if (startMs < appliedStartMs) return;
		appliedStartMs = startMs;
		publishedIds = new Set(published.map(idOf));
		const jwks = readKeys(published);
		const loadedText = JSON.stringify(jwks);
		if (loadedText === text) return;
		const before = keys;
		keys = new Map(jwks.map((jwk) => [jwk.kid, createPublicKey({ key: jwk, format: 'jwk' })]));
		text = loadedText;
		version += 1;
		if ([...before.keys()].some((keyId) => !keys.has(keyId))) deps.onRemoved?.();
	}

	return {
		find: (keyId) => keys.get(keyId),
		hasExactly: (keyIds) =>
			version > 0 && publishedIds.size === keyIds.length && keyIds.every((keyId) => publishedIds.has(keyId)),
		refresh() {
			next ??= load();
			return next;
		},
		version: () => version,
		isLoaded: () => version > 0,
	};
}

interface RefreshDeps {
	signingKeys: Pick<SigningKeySet, 'refresh' | 'isLoaded'>;
	limits: Pick<Limits, 'jwksRefreshMs' | 'jwksRefreshMinMs'>;
}

/** Loads the signing keys at once and then regularly. Without them no token can be verified, so a failed load is retried often. */
export const refreshJwks = defineTask<RefreshDeps>({
	name: 'refresh_keys',
	everyMs: ({ signingKeys, limits }) =>
		signingKeys.isLoaded() ? limits.jwksRefreshMs : limits.jwksRefreshMinMs,
	run: ({ signingKeys }) => signingKeys.refresh(),
});
