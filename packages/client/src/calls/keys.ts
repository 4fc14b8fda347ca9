import type { Transport } from '../transport.ts';
import type {
	ApiKey,
	ApiKeyChange,
	ApiKeyEvent,
	ApiKeyRotation,
	CallOptions,
	NewApiKey,
	NewApiKeyOptions,
	Page,
	PageQuery,
} from '../types.ts';

/** API keys. All of these calls but `reportLeaked` need the token of a session: a key can't manage keys. */
export interface KeyCalls {
	/** Creates a key. The result has the key itself, which the API never shows again. */
	create(key: NewApiKeyOptions, options?: CallOptions): Promise<NewApiKey>;
	/** Returns a page of keys, newest first. */
	list(query?: PageQuery, options?: CallOptions): Promise<Page<ApiKey>>;
	get(id: string, options?: CallOptions): Promise<ApiKey>;
	/** Updates an active or rotating key. Omitted fields stay unchanged. When it resolves, the new values apply everywhere. */
	update(id: string, change: ApiKeyChange, options?: CallOptions): Promise<ApiKey>;
	/** Creates a key that replaces this one. The old key works until its grace period ends. */
	rotate(id: string, rotation?: ApiKeyRotation, options?: CallOptions): Promise<NewApiKey>;
	/** Revokes the key. When it resolves, every service rejects it. */
	revoke(id: string, options?: CallOptions): Promise<void>;
	/** Returns what happened to the key, newest first. */
	events(id: string, options?: CallOptions): Promise<ApiKeyEvent[]>;
	/** Revokes any key that was found in public. Needs no token. */
	reportLeaked(key: string, options?: CallOptions): Promise<void>;
}

export function createKeys({ api, body, list, done }: Transport): KeyCalls {
	const requestOptions = ({ signal }: CallOptions = {}) => ({ signal: signal ?? null });
	const ofKey = (id: string, options: CallOptions | undefined) => ({
		params: { path: { id } },
		...requestOptions(options),
	});
	return {
		create: async (key, options) =>
			(await body(api.POST('/v1/keys', { body: key, ...requestOptions(options) }))).data,
		list: (query, options) =>
			list(api.GET('/v1/keys', { params: { query: query ?? {} }, ...requestOptions(options) })),
		get: async (id, options) => (await body(api.GET('/v1/keys/{id}', ofKey(id, options)))).data,
		update: async (id, change, options) =>
			(await body(api.PATCH('/v1/keys/{id}', { body: change, ...ofKey(id, options) }))).data,
		rotate: async (id, rotation, options) =>
			(await body(api.POST('/v1/keys/{id}/rotate', { body: rotation ?? {}, ...ofKey(id, options) }))).data,
		revoke: (id, options) => done(api.DELETE('/v1/keys/{id}', ofKey(id, options))),
		events: async (id, options) => (await list(api.GET('/v1/keys/{id}/events', ofKey(id, options)))).data,
		reportLeaked: (key, options) =>
			done(api.POST('/v1/keys/leaked', { body: { key }, ...requestOptions(options) })),
	};
}
