import { AppError, type ErrorDetail, errorBodySchema } from '@creatorr/contracts/errors';
import type { Exchange } from '../exchange.ts';
import type { Limits } from '../limit-settings.ts';
import { sendJson } from '../requests/response.ts';

interface HealthDeps {
	/** Base URLs by service name. */
	services: Readonly<Record<string, string>>;
	/** Returns why this gateway can't verify sessions, or undefined if it can. */
	sessionVerificationProblem(): string | undefined;
	/** A response is cached for `healthCacheMs`, so that frequent requests cost the services nothing. */
	limits: Pick<Limits, 'healthCallMs' | 'healthCacheMs'>;
	monotonicMs(): number;
}

/** Status and body of a service's readiness, or undefined if it did not respond. */
type Readiness = { status: number; body: unknown } | undefined;

async function requestReadiness(baseUrl: string, timeoutMs: number): Promise<Readiness> {
	try {
		const response = await fetch(`${baseUrl}/health/ready`, { signal: AbortSignal.timeout(timeoutMs) });
		return { status: response.status, body: await response.json() };
	} catch {
		return undefined;
	}
}

/** Returns the handler that reports whether this gateway verifies sessions and every service, with its dependencies, is ready. */
export function createGetHealth(deps: HealthDeps): (exchange: Exchange) => Promise<void> {
	let requested: Promise<Record<string, Readiness>> | undefined;
	let requestedAtMs = 0;

	async function requestAll(): Promise<Record<string, Readiness>> {
		const entries = Object.entries(deps.services).map(
			async ([name, baseUrl]) => [name, await requestReadiness(baseUrl, deps.limits.healthCallMs)] as const,
		);
		return Object.fromEntries(await Promise.all(entries));
	}

	return async (exchange) => {
		if (!requested || deps.monotonicMs() - requestedAtMs > deps.limits.healthCacheMs) {
			requestedAtMs = deps.monotonicMs();
			requested = requestAll();
		}
		const data = summarizeHealth(await requested, deps.sessionVerificationProblem());
		sendJson(exchange, 200, JSON.stringify({ data }));
	};
}

function failuresOf(service: string, readiness: Readiness): ErrorDetail[] {
	if (!readiness) return [{ path: service, message: 'does not respond' }];
	if (readiness.status === 200) return [];
	const details = errorBodySchema.safeParse(readiness.body).data?.error.details ?? [];
	return details.length > 0 ? details : [{ path: service, message: 'is not ready' }];
}

/**
 * Returns the body of the health response if every service is ready and sessions are verified. Otherwise throws `upstream_unavailable` with
 * each failing dependency once, though several services may need it.
 */
export function summarizeHealth(
	readiness: Readonly<Record<string, Readiness>>,
	sessionVerificationProblem?: string,
): { status: 'ok'; services: Record<string, 'ok'> } {
	const failures = new Map<string, ErrorDetail>();
	if (sessionVerificationProblem) {
		const path = 'session-verification';
		failures.set(path, { path, message: sessionVerificationProblem });
	}
	for (const [service, response] of Object.entries(readiness)) {
		for (const failure of failuresOf(service, response)) {
			if (!failures.has(failure.path)) failures.set(failure.path, failure);
		}
	}
	if (failures.size > 0) {
		const details = [...failures.values()];
		const names = details.map(({ path }) => path).join(', ');
		throw new AppError(
			'upstream_unavailable',
			`Parts of the service are down: ${names}. Try again in a moment.`,
			{
				details,
				retryAfterSeconds: 2,
			},
		);
	}
	return { status: 'ok', services: Object.fromEntries(Object.keys(readiness).map((name) => [name, 'ok'])) };
}
