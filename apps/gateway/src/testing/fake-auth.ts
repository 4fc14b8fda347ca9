import { hash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DEFAULT_API_KEY_PREFIX, newApiKey } from '@creatorr/contracts/api-key-format';
import { TOKEN_AUDIENCE, TOKEN_ISSUER } from '@creatorr/contracts/identity';
import { newId } from '@creatorr/contracts/ids';
import type { LiveApiKey, QuotaRequest } from '@creatorr/contracts/internal/auth';
import { PLACEHOLDER_SESSION_ID, pushCredentialChanges } from '@creatorr/contracts/internal/gateway';
import { createIdentitySigner } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';
import jwt from 'jsonwebtoken';
import type { ReportedUse } from '../authentication/api-key-use.ts';
import { newKeys } from './keys.ts';
import { createQuotaStore } from './quota-store.ts';

type Json = Record<string, unknown>;

const hashOf = (key: string) => hash('sha256', key, 'hex');

async function readJson(req: IncomingMessage): Promise<Json> {
	let text = '';
	for await (const chunk of req) text += chunk;
	return JSON.parse(text) as Json;
}

/** The part of auth that the gateway needs, in memory and under the test's control. */
export async function startFakeAuth() {
	const identityKeys = newKeys();
	const tokenKeys = newKeys();
	const sign = createIdentitySigner('auth', identityKeys.pem);
	const dead = new Set<string>();
	const leases = new Map<string, string>();
	/** Live keys by their SHA-256. */
	const keys = new Map<string, LiveApiKey>();
	const auth = {
		url: '',
		identityKeys,
		tokenKeys,
		/** The published keys. */
		jwks: [tokenKeys.jwk('first')] as Json[],
		ttlMs: 5_000,
		/** Refuses to publish keys while true. */
		hidesKeys: false,
		/** Fails lease calls while true. */
		withholdsLeases: false,
		/** Number of next lease calls that get no response. */
		hangingLeases: 0,
		/** Responds to nothing while true, like a stopped process. */
		isFrozen: false,
		/** Instances whose lease is refused. */
		fenced: new Set<string>(),
		/** Number of calls by operation. */
		counts: { jwks: 0, check: 0, lease: 0, checkKey: 0 },
		/** Uses of keys, as gateways report them. */
		reportedUses: [] as ReportedUse[],
		/** Keys whose first use gateways reported. */
		firstUses: [] as string[],
		/** Number of next reports of first uses that fail. */
		failingFirstUses: 0,
		/** Runs after a session or key was looked up and before the response. */
		beforeCheckResponse: async (_sessionId: string): Promise<void> => undefined,
		leases,
		/** Allocates units of rate limits by the clock of this process. There are no limits until a test sets some. */
		quota: createQuotaStore(() => performance.now()),
		kill: (sessionId: string) => dead.add(sessionId),
		/** Creates an API key, or changes it, without a push. */
		setKey(rights: Partial<LiveApiKey> = {}, text = newApiKey(DEFAULT_API_KEY_PREFIX)): string {
			const known = keys.get(hashOf(text));
			const created = { key_id: newId('key'), user_id: newId('usr'), scopes: [], expires_at: null };
			const more = { tools: null, allowed_ips: null, plan: 'free' as const, starts_grace_period: false };
			keys.set(hashOf(text), { ...created, ...more, ...known, ...rights });
			return text;
		},
		/** Revokes or changes a key as auth does: commits, then pushes to every gateway and waits. */
		async revokeKey(text: string): Promise<void> {
			keys.delete(hashOf(text));
			await auth.pushKeys({ revoked_keys: [hashOf(text)] });
		},
		async changeKey(text: string, rights: Partial<LiveApiKey>): Promise<void> {
			auth.setKey(rights, text);
			await auth.pushKeys({ changed_keys: [hashOf(text)] });
		},
		async pushKeys(body: { revoked_keys?: string[]; changed_keys?: string[] }): Promise<void> {
			const pushes = [...leases].map(([instance_id, url]) => {
				const call = createInternalClient({ name: 'gateway', baseUrl: url, sign, timeoutMs: 3_000 });
				return call(pushCredentialChanges, {
					body: { instance_id, session_ids: [PLACEHOLDER_SESSION_ID], ...body },
				});
			});
			await Promise.all(pushes);
		},
		/** Logs out as auth does: commits, then pushes to every gateway and waits. */
		async logout(sessionId: string): Promise<void> {
			dead.add(sessionId);
			await Promise.all([...leases].map(([instanceId, url]) => auth.push(url, instanceId, [sessionId])));
		},
		push(url: string, instanceId: string, sessionIds: string[]) {
			const call = createInternalClient({ name: 'gateway', baseUrl: url, sign, timeoutMs: 3_000 });
			return call(pushCredentialChanges, { body: { instance_id: instanceId, session_ids: sessionIds } });
		},
		token(claims: Json = {}, options: jwt.SignOptions = {}, keys = tokenKeys): string {
			const payload = { sub: newId('usr'), sid: newId('ses'), jti: newId('evt'), ...claims };
			return jwt.sign(payload, keys.privateKey, {
				algorithm: 'ES256',
				keyid: 'first',
				issuer: TOKEN_ISSUER,
				audience: TOKEN_AUDIENCE,
				expiresIn: 3600,
				...options,
			});
		},
		async close(): Promise<void> {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};

	async function respond(req: IncomingMessage, res: ServerResponse): Promise<Json | undefined> {
		if (req.url === '/internal/jwks') {
			auth.counts.jwks += 1;
			if (auth.hidesKeys) throw new Error('no keys');
			return { keys: auth.jwks };
		}
		if (req.url === '/health/ready') return { data: { status: 'ok' } };
		if (req.url === '/internal/sessions/check') {
			auth.counts.check += 1;
			const sessionId = String((await readJson(req)).session_id);
			const alive = !dead.has(sessionId);
			await auth.beforeCheckResponse(sessionId);
			return { data: { alive } };
		}
		if (req.url === '/internal/keys/check') {
			auth.counts.checkKey += 1;
			const keyHash = String((await readJson(req)).key_hash);
			const key = keys.get(keyHash) ?? null;
			await auth.beforeCheckResponse(keyHash);
			return { data: { key } };
		}
		if (req.url === '/internal/keys/use') {
			auth.reportedUses.push(...((await readJson(req)).uses as ReportedUse[]));
			res.statusCode = 204;
			return undefined;
		}
		if (req.url === '/internal/keys/first-use') {
			const { key_id } = await readJson(req);
			if (auth.failingFirstUses > 0) {
				auth.failingFirstUses -= 1;
				throw new Error('down');
			}
			auth.firstUses.push(String(key_id));
			res.statusCode = 204;
			return undefined;
		}
		if (req.url === '/internal/quota/allocations') {
			return { data: await auth.quota.allocate((await readJson(req)).requests as QuotaRequest[]) };
		}
		const instanceId = /^\/internal\/gateways\/(\w+)\/lease$/.exec(req.url ?? '')?.[1];
		if (instanceId === undefined) {
			res.statusCode = 404;
			return { error: { code: 'not_found', message: 'no', request_id: 'req_x' } };
		}
		if (req.method === 'DELETE') {
			leases.delete(instanceId);
			res.statusCode = 204;
			return undefined;
		}
		auth.counts.lease += 1;
		if (auth.withholdsLeases) throw new Error('no lease');
		if (auth.hangingLeases > 0) {
			auth.hangingLeases -= 1;
			await new Promise(() => undefined);
		}
		const granted = !auth.fenced.has(instanceId);
		if (granted) leases.set(instanceId, String((await readJson(req)).callback_url));
		else leases.delete(instanceId);
		return { data: { granted, ttl_ms: auth.ttlMs, key_ids: auth.jwks.map(({ kid }) => kid) } };
	}

	const server: Server = createServer((req, res) => {
		if (auth.isFrozen) return;
		respond(req, res).then(
			(body) => {
				if (body === undefined) return res.end();
				res.setHeader('Content-Type', 'application/json');
				res.end(JSON.stringify(body));
			},
			() => res.destroy(),
		);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	auth.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return auth;
}

export type FakeAuth = Awaited<ReturnType<typeof startFakeAuth>>;

export function bearer(token: string): { Authorization: string } {
	return { Authorization: `Bearer ${token}` };
}
