import { AppError, unavailable } from '@creatorr/contracts/errors';
import {
	allocateQuota,
	checkApiKey,
	checkSession,
	getJwks,
	leaseGateway,
	type QuotaRequest,
	releaseLease,
	reportApiKeyUse,
	reportFirstUse,
} from '@creatorr/contracts/internal/auth';
import { withRequestId } from '@creatorr/service/context';
import { createIdentitySigner } from '@creatorr/service/identity';
import { createInternalClient } from '@creatorr/service/internal-client';
import type { Logger } from '@creatorr/service/logger';
import type { Config } from '../config.ts';
import type { Limits } from '../limit-settings.ts';
import type { InFlight } from '../requests/in-flight.ts';
import { createApiKeyUse, type ReportedUse } from './api-key-use.ts';
import type { ApiKey } from './credential.ts';
import { createFirstUseReporter } from './first-use.ts';
import { createLease, type Lease } from './lease.ts';
import { AUTHENTICATION, createLiveCredentials } from './live-credentials.ts';
import { createSigningKeySet, type SigningKeySet } from './signing-key-set.ts';
import { apiKeyOf, createApiKeyVerifier } from './verify-api-key.ts';
import { createTokenVerifier } from './verify-token.ts';

interface AuthClientOptions {
	config: Config;
	limits: Limits;
	logger: Logger;
	/** Includes the time when the machine sleeps. */
	bootTimeMs(): number;
	inFlight: Pick<InFlight, 'endAll'>;
}

export type AuthClient = ReturnType<typeof createAuthClient>;

/** Creates everything that calls auth: signing keys, the lease, checks of sessions and API keys, and allocations of quota. */
export function createAuthClient(options: AuthClientOptions) {
	const { limits, logger, bootTimeMs } = options;
	const call = createAuthCalls(options);
	const signingKeys = createSigningKeySet({
		load: call.loadJwks,
		monotonicMs: bootTimeMs,
		minIntervalMs: limits.jwksRefreshMinMs,
		onRemoved() {
			logger.warn('gateway.signing_key_removed');
			options.inFlight.endAll(unavailable(AUTHENTICATION, new Error('a signing key was removed')));
		},
	});
	const lease = createOwnLease(options, signingKeys, call.requestLease);
	const common = { lease, monotonicMs: bootTimeMs, recheckMs: limits.credentialRecheckMs };
	const sessions = createLiveCredentials<true>({
		...common,
		fetchFromAuth: call.checkSession,
		capacity: limits.cachedSessions,
	});
	const liveApiKeys = createLiveCredentials<ApiKey>({
		...common,
		fetchFromAuth: call.checkApiKey,
		capacity: limits.cachedApiKeys,
	});
	const apiKeyUse = createApiKeyUse({ send: call.reportKeyUse, capacity: limits.cachedApiKeys });
	return {
		signingKeys,
		lease,
		sessions,
		liveApiKeys,
		apiKeyUse,
		apiKeyVerifier: createApiKeyVerifier({
			prefix: options.config.API_KEY_PREFIX,
			live: liveApiKeys,
			use: apiKeyUse,
		}),
		reportFirstUse: createFirstUseReporter({ send: call.reportFirstUse, logger }),
		tokenVerifier: createTokenVerifier({ signingKeys, capacity: limits.cachedTokens }),
		allocateQuota: call.allocateQuota,
		/** Returns why authenticated requests can't be served, or undefined if they can. */
		sessionVerificationProblem(): string | undefined {
			if (!signingKeys.isLoaded()) return 'no signing keys from auth yet';
			return lease.isValid() ? undefined : 'no lease from auth';
		},
		/** Ends the lease first here, then at auth, so that no sign-out waits for this gateway. A lease that can't be released expires. */
		async releaseLease(): Promise<void> {
			const { instanceId } = lease.term();
			lease.close();
			await call.releaseLease(instanceId).catch((error: unknown) => {
				logger.warn('gateway.lease_release_failed', { error });
			});
		},
	};
}

function createOwnLease(
	{ limits, logger, bootTimeMs, inFlight }: AuthClientOptions,
	signingKeys: SigningKeySet,
	requestLease: ReturnType<typeof createAuthCalls>['requestLease'],
): Lease {
	return createLease({
		async requestLease(instanceId) {
			const granted = await requestLease(instanceId);
			// A lease requires the current signing keys, so that a retired one is rejected after one lease at the latest.
			if (granted.granted && granted.key_ids && !signingKeys.hasExactly(granted.key_ids))
				await signingKeys.refresh();
			return granted;
		},
		bootTimeMs,
		marginMs: limits.leaseMarginMs,
		onEnd(reason) {
			logger.warn('gateway.lease_ended', { reason });
			inFlight.endAll(unavailable(AUTHENTICATION, new Error('the lease has ended')));
		},
	});
}

/** Release 0.3.0 of auth has no API keys. During an upgrade, its 404 doesn't mean that the key is dead. */
function rethrowNotFoundAsUnavailable(error: unknown): never {
	if (error instanceof AppError && error.code === 'not_found') throw unavailable(AUTHENTICATION, error);
	throw error;
}

/** The calls to auth, each with its own timeout. */
function createAuthCalls({ config, limits }: AuthClientOptions) {
	const sign = createIdentitySigner('gateway', config.INTERNAL_PRIVATE_KEY);
	const clientOf = (timeoutMs: number) =>
		createInternalClient({ name: 'auth', baseUrl: config.AUTH_CONTROL_URL, sign, timeoutMs });
	const callAuth = clientOf(limits.authCallMs);
	const callLease = clientOf(limits.leaseCallMs);
	const callRelease = clientOf(limits.leaseReleaseMs);
	const callQuota = clientOf(limits.quotaCallMs);
	return {
		loadJwks: () => callAuth(getJwks),
		async requestLease(id: string) {
			const body = { callback_url: config.PRIVATE_URL };
			return (await callLease(leaseGateway, { params: { id }, body })).data;
		},
		releaseLease: (id: string) => callRelease(releaseLease, { params: { id } }),
		/** Uses the id of the request that needs the result. */
		async checkSession(session_id: string, requestId: string): Promise<true | null> {
			const response = await withRequestId(requestId, () => callAuth(checkSession, { body: { session_id } }));
			return response.data.alive || null;
		},
		async checkApiKey(key_hash: string, requestId: string): Promise<ApiKey | null> {
			const response = await withRequestId(requestId, () =>
				callAuth(checkApiKey, { body: { key_hash } }),
			).catch(rethrowNotFoundAsUnavailable);
			return response.data.key && apiKeyOf(key_hash, response.data.key);
		},
		reportKeyUse: (uses: ReportedUse[]) => callAuth(reportApiKeyUse, { body: { uses } }),
		reportFirstUse: (key_id: string, requestId: string) =>
			withRequestId(requestId, () => callAuth(reportFirstUse, { body: { key_id } })),
		allocateQuota: async (requests: QuotaRequest[]) =>
			(await callQuota(allocateQuota, { body: { requests } })).data,
	};
}
