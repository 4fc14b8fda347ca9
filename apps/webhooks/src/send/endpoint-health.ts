import { isGone, isSuccess, type Outcome, retryAfterSeconds } from './outcome.ts';

/** What is known of an endpoint from its last attempts. */
export interface EndpointHealth {
	/** Failed attempts since the last success. */
	failures: number;
	/** Time of the first of these failures. */
	failingSince: Date | null;
	/** Nothing is sent to the endpoint before this time. */
	pausedUntil: Date | null;
	slow: boolean;
}

export interface HealthRules {
	disableAfterMs: number;
}

/** After this many failures in a row, an endpoint gets one attempt at a time, with growing pauses. */
export const BREAKER_FAILURES = 5;
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** Longest pause of a whole endpoint after a Retry-After. Each delivery also waits for its own Retry-After. */
const LONGEST_RETRY_AFTER_PAUSE_MS = 3_600_000;
/** Responses that took longer make an endpoint slow. */
const SLOW_MS = 3_000;

export const HEALTHY: EndpointHealth = { failures: 0, failingSince: null, pausedUntil: null, slow: false };

export interface EndedAttempt {
	outcome: Outcome;
	durationMs: number;
	endedAt: Date;
}

/** Returns the health after an attempt. It includes the pauses of the circuit breaker. */
export function healthAfterAttempt(
	health: EndpointHealth,
	{ outcome, durationMs, endedAt }: EndedAttempt,
): EndpointHealth {
	const slow = durationMs >= SLOW_MS;
	if (isSuccess(outcome)) return { ...HEALTHY, slow };
	const failures = health.failures + 1;
	const pauseMs = Math.max(breakerPauseMs(failures), retryAfterPauseMs(outcome, endedAt));
	return {
		failures,
		failingSince: health.failingSince ?? endedAt,
		pausedUntil: pauseMs === 0 ? health.pausedUntil : new Date(endedAt.getTime() + pauseMs),
		slow,
	};
}

function breakerPauseMs(failures: number): number {
	if (failures < BREAKER_FAILURES) return 0;
	return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - BREAKER_FAILURES));
}

function retryAfterPauseMs(outcome: Outcome, now: Date): number {
	return Math.min(LONGEST_RETRY_AFTER_PAUSE_MS, 1_000 * (retryAfterSeconds(outcome, now) ?? 0));
}

/** Returns why an endpoint must be disabled after an attempt, or null. */
export function disableReason(
	health: EndpointHealth,
	{ outcome, endedAt }: EndedAttempt,
	{ disableAfterMs }: HealthRules,
): 'gone' | 'failing' | null {
	if (isGone(outcome)) return 'gone';
	if (health.failingSince === null) return null;
	return endedAt.getTime() - health.failingSince.getTime() >= disableAfterMs ? 'failing' : null;
}

/** Returns whether an attempt leaves the health as it is, so that nothing needs to be stored. */
export function leavesHealthUnchanged(health: EndpointHealth, attempt: EndedAttempt): boolean {
	const { failures, failingSince, pausedUntil, slow } = healthAfterAttempt(health, attempt);
	return (
		failures === health.failures &&
		failingSince === health.failingSince &&
		pausedUntil === health.pausedUntil &&
		slow === health.slow
	);
}
