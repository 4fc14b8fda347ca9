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
	/** How long requests that can wait are gathered for one call. */
	gatherMs: number;
	logger: Pick<Logger, 'info' | 'warn'>;
}

interface Waiting {
	request: QuotaRequest;
	resolve(allocation: QuotaAllocation): void;
	reject(error: unknown): void;
}

/** Requests allocations from auth. */
export interface QuotaCalls {
	/** Rejects if auth is down or slow. For a while after that, rejects immediately. `canWait`: no client waits for the response. */
	allocate(request: QuotaRequest, options?: { canWait?: boolean }): Promise<QuotaAllocation>;
	/** Number of gateways that share each quota. */
	gateways(): number;
}

/** Sends one call at a time. Requests that arrive meanwhile share the next call, so that many busy users cause few calls. */
export function createQuotaCalls({ call, monotonicMs, retryMs, gatherMs, logger }: Deps): QuotaCalls {
	let waiting: Waiting[] = [];
	let isSending = false;
	let timer: NodeJS.Timeout | undefined;
	let gateways = 1;
	/** The last failure, until a call succeeds. */
	let failure: { error: unknown; retryAtMs: number } | undefined;

	/**
	 * Takes the next requests, with each principal and policy at most once. Two may be waiting if a bucket was evicted after its request.
	 */
	function takeBatch(): Waiting[] {
		const batch = new Map<string, Waiting>();
		const rest: Waiting[] = [];
		for (const one of waiting) {
			const key = `${one.request.principal} ${one.request.policy}`;
			if (batch.size === MAX_QUOTA_REQUESTS || batch.has(key)) rest.push(one);
			else batch.set(key, one);
		}
		waiting = rest;
		return [...batch.values()];
	}

	async function send(batch: readonly Waiting[]): Promise<void> {
		try {
			const response = await call(batch.map(({ request }) => request));
			gateways = response.gateways;
			if (failure) logger.info('gateway.quota_available');
			failure = undefined;
			for (const [index, { resolve }] of batch.entries()) resolve(response.allocations[index] ?? null);
		} catch (error) {
			if (!failure) logger.warn('gateway.quota_unavailable', { error });
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
		allocate(request, { canWait = false } = {}) {
			if (failure && failure.retryAtMs > monotonicMs()) return Promise.reject(failure.error);
			return new Promise((resolve, reject) => {
				waiting.push({ request, resolve, reject });
				if (isSending) return;
				if (!canWait) void sendAll();
				else timer ??= setTimeout(sendAll, gatherMs).unref();
			});
		},
		gateways: () => gateways,
	};
}
