import type { Outbound } from '@creatorr/outbound/outbound';
import { OutboundError } from '@creatorr/outbound/outbound-error';
import { crashPoint } from '@creatorr/service/crash-point';
import type { SecretSealer } from '../endpoints/secret.ts';
import type { ClaimedDelivery } from './claim.sql.ts';
import {
	isGone,
	isSuccess,
	type Outcome,
	type RetryRules,
	retryDelaySeconds,
	scheduledDelaySeconds,
} from './outcome.ts';
import type { DeliveryAttempt } from './record-attempts.sql.ts';
import { signatureHeaders } from './signature.ts';

export interface AttemptDeps {
	outbound: Outbound;
	sealer: SecretSealer;
	rules: RetryRules;
	timeoutMs: number;
	userAgent: string;
}

/** Sends a delivery once. Rejects only if `stopping` aborts, or because of a bug. */
export async function makeAttempt(
	deps: AttemptDeps,
	delivery: ClaimedDelivery,
	stopping: AbortSignal,
): Promise<DeliveryAttempt> {
	const startedAt = new Date();
	const startedAtMs = performance.now();
	const outcome = await send(deps, delivery, startedAt, stopping);
	crashPoint('webhooks.attempt.answered');
	const endedAt = new Date();
	const context = { retryStep: delivery.retryStep, now: endedAt, random: Math.random() };
	const retrySeconds = retryDelaySeconds(outcome, context, deps.rules);
	const isEnded = isSuccess(outcome) || isGone(outcome) || retrySeconds === null;
	return {
		delivery,
		outcome,
		startedAt,
		endedAt,
		retrySeconds,
		staleGoneRetrySeconds: isGone(outcome) ? scheduledDelaySeconds(outcome, context, deps.rules) : null,
		durationMs: Math.round(performance.now() - startedAtMs),
		status: isSuccess(outcome) ? 'succeeded' : isEnded ? 'failed' : 'pending',
		responseStatus: 'status' in outcome ? outcome.status : null,
		error: 'failure' in outcome ? outcome.message : null,
		excerpt: ('status' in outcome && outcome.excerpt) || null,
	};
}

async function send(
	{ outbound, sealer, timeoutMs, userAgent }: AttemptDeps,
	delivery: ClaimedDelivery,
	sentAt: Date,
	signal: AbortSignal,
): Promise<Outcome> {
	const { endpointId, sealedSecret, previousSealedSecret, eventId, type, occurredAt, data, url, userId } =
		delivery;
	const sealed = previousSealedSecret === null ? [sealedSecret] : [sealedSecret, previousSealedSecret];
	const secrets = sealed.map((text) => sealer.open(text, endpointId));
	const body = JSON.stringify({ type, timestamp: occurredAt.toISOString(), data });
	const headers = {
		'content-type': 'application/json',
		'user-agent': userAgent,
		...signatureHeaders({ id: eventId, sentAt, body, secrets }),
	};
	try {
		return await outbound.post({ url, owner: userId, headers, body, timeoutMs, signal });
	} catch (error) {
		if (!(error instanceof OutboundError)) throw error;
		return { failure: error.failure, message: error.message };
	}
}
