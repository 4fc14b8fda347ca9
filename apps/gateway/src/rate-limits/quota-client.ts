import {
	MAX_QUOTA_REQUESTS,
	type QuotaAllocation,
	type QuotaRequest,
} from '@creatorr/contracts/internal/auth';
import type { Logger } from '@creatorr/service/logger';

interface Deps {
	/** Requests allocations from auth, which makes them in one statement. The requests name each principal and policy at most once. */
	call(requests: QuotaRequest[]): Promise<{ gateways: number; allocations: QuotaAllocation[] }>;
	monotonicMs(): number;
	/** Time without calls after a failure. */
	retryMs: number;
	/** How long a prefetch waits for others that share its call. */
	batchDelayMs: number;
	logger: Pick<Logger, 'info' | 'warn'>;
}

interface PendingRequest {
	request: QuotaRequest;
	resolve(allocation: QuotaAllocation): void;
	reject(error: unknown): void;
}

/** Requests allocations from auth. */
export interface QuotaClient {
	/** Rejects if auth is down or slow, and then at once for `retryMs`. `isPrefetch`: no client waits for the response. */
	allocate(request: QuotaRequest, options?: { isPrefetch?: boolean }): Promise<QuotaAllocation>;
	/** Number of gateways that share each quota. */
	gatewayCount(): number;
}

/** Sends one call at a time. Requests that arrive meanwhile share the next call, so that many busy users and API keys cause few calls. */
export function createQuotaClient({ call, monotonicMs, retryMs, batchDelayMs, logger }: Deps): QuotaClient {
	let waiting: PendingRequest[] = [];
	let isSending = false;
	let timer: NodeJS.Timeout | undefined;
	let gateways = 1;
	/** The last failure, until a call succeeds. */
	let failure: { error: unknown; retryAtMs: number } | undefined;

	/**
	 * Takes the next requests, with each principal and policy at most once. Two may be waiting if a bucket was evicted after its request.
	 */
	function takeBatch(): PendingRequest[] {
		const batch = new Map<string, PendingRequest>();
		const rest: PendingRequest[] = [];
		for (const one of waiting) {
			const key = `${one.request.principal} ${one.request.policy}`;
			if (batch.size === MAX_QUOTA_REQUESTS || batch.has(key)) rest.push(one);
			else batch.set(key, one);
		}
		waiting = rest;
		return [...batch.values()];
	}

	async function send(batch: readonly PendingRequest[]): Promise<void> {
		try {
			const response = await call(batch.map(({ request }) => request));
			gateways = response.gateways;
			if (failure) logger.info('gateway.rate_limits_restored');
			failure = undefined;
			for (const [index, { resolve }] of batch.entries()) resolve(response.allocations[index] ?? null);
		} catch (error) {
			if (!failure) logger.warn('gateway.rate_limits_degraded', { error });
			failure = { error, retryAtMs: monotonicMs() + retryMs };
			for (const { reject } of [...batch, ...waiting.splice(0)]) reject(error);
		}
	}

	async function sendAll(): Promise<void> {
		clearTimeout(timer);
		timer = undefined;
		isSending = true;
		// A request that creates a job first adds its requests for both policies.
		await Promise.resolve();
		while (waiting.length > 0) await send(takeBatch());
		isSending = false;
	}

	return {
		allocate(request, { isPrefetch = false } = {}) {
			if (failure && failure.retryAtMs > monotonicMs()) return Promise.reject(failure.error);
			return new Promise((resolve, reject) => {
				waiting.push({ request, resolve, reject });
				if (isSending) return;
				if (!isPrefetch) void sendAll();
				else timer ??= setTimeout(sendAll, batchDelayMs).unref();
			});
		},
		gatewayCount: () => gateways,
	};
}
