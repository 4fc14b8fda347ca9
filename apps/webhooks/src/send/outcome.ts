import type { OutboundFailure } from '@creatorr/outbound/outbound-error';

/** The result of an attempt: the response, or why there was none. */
export type Outcome =
	| { status: number; retryAfter?: string | undefined; excerpt: string }
	| { failure: OutboundFailure; message: string };

export interface RetryRules {
	/** Delays after the first, second, … failed attempt, in seconds. */
	retryDelaysSeconds: readonly number[];
}

/** How much a delay varies, so that deliveries that failed together don't return together. */
const JITTER = 0.2;
/** The longest delay that an endpoint can ask for with Retry-After. */
const MAX_RETRY_AFTER_SECONDS = 24 * 3_600;

export function isSuccess(outcome: Outcome): boolean {
	return 'status' in outcome && outcome.status >= 200 && outcome.status < 300;
}

/** Returns whether the endpoint says that it is gone for good. */
export function isGone(outcome: Outcome): boolean {
	return 'status' in outcome && outcome.status === 410;
}

interface RetryContext {
	/** Position of this attempt in the retry schedule, from 1. */
	retryStep: number;
	now: Date;
	/** From 0 to 1. */
	random: number;
}

/** Returns the seconds until the next attempt, at least those of the endpoint's Retry-After; null if no attempt follows. */
export function retryDelaySeconds(outcome: Outcome, context: RetryContext, rules: RetryRules): number | null {
	return isSuccess(outcome) || isGone(outcome) ? null : scheduledDelaySeconds(outcome, context, rules);
}

/** Returns the delay as {@link retryDelaySeconds} does, for any outcome. */
export function scheduledDelaySeconds(
	outcome: Outcome,
	{ retryStep, now, random }: RetryContext,
	{ retryDelaysSeconds }: RetryRules,
): number | null {
	const delay = retryDelaysSeconds[retryStep - 1];
	if (delay === undefined) return null;
	const varied = delay * (1 - JITTER + 2 * JITTER * random);
	return Math.max(varied, retryAfterSeconds(outcome, now) ?? 0);
}

/** Returns the delay that Retry-After names, as seconds or a date, at most a day; undefined without a valid one. */
export function retryAfterSeconds(outcome: Outcome, now: Date): number | undefined {
	const text = 'status' in outcome ? outcome.retryAfter?.trim() : undefined;
	if (text === undefined) return undefined;
	const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now.getTime()) / 1_000;
	return Number.isNaN(seconds) ? undefined : Math.min(Math.max(0, seconds), MAX_RETRY_AFTER_SECONDS);
}
