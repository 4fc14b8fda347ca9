import { once } from 'node:events';
import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import { counter } from '@creatorr/service/metrics';
import type { Database } from '../database.sql.ts';
import {
	countAbandoned,
	countAttempt,
	countDisabled,
	countRunning,
	countStarted,
} from './attempt-metrics.ts';
import { createBatch } from './batch.ts';
import { type ClaimedDelivery, claimDeliveries, releaseDeliveries } from './claim.sql.ts';
import { type HealthRules, isUnchanged } from './endpoint-health.ts';
import { type AttemptDeps, makeAttempt } from './make-attempt.ts';
import type { RetryRules } from './outcome.ts';
import { type DeliveryAttempt, recordAttempts, recordHealth } from './record-attempts.sql.ts';

interface SenderOptions extends AttemptDeps {
	prisma: Database;
	logger: Logger;
	rules: RetryRules & HealthRules;
	limits: { total: number; perEndpoint: number };
	/** How long running attempts may take to end after a stop. */
	stopMs: number;
	/** Has {@link Sender.sendDue} called soon. */
	wake(): void;
}

/** The attempts of this process. */
export interface Sender {
	/** Claims due deliveries and starts their attempts. Doesn't wait for those. */
	sendDue(stopping: AbortSignal): Promise<void>;
	/** Starts no more attempts and waits for those that run. After a few seconds it aborts them, and other processes repeat them. */
	stop(): Promise<void>;
}

/** A claim is one statement. More deliveries come with the next one. */
const MAX_CLAIMED = 100;
/** From the end of an attempt until it is recorded, on a busy database. */
const RECORD_MS = 30_000;

const unrecorded = counter({
	name: 'creatorr_webhook_attempts_unrecorded_total',
	help: 'Attempts whose outcome could not be stored; they are repeated when their lease expires',
	labels: [],
});
unrecorded.inc({}, 0);

/** Returns what the process may start now, and counts its attempts. */
function createSlots({ total, perEndpoint }: SenderOptions['limits']) {
	const running = new Map<string, number>();
	let all = 0;
	let slow = 0;
	const add = ({ endpointId, slow: isSlow }: ClaimedDelivery, change: 1 | -1) => {
		const attempts = (running.get(endpointId) ?? 0) + change;
		if (attempts === 0) running.delete(endpointId);
		else running.set(endpointId, attempts);
		all += change;
		if (isSlow) slow += change;
	};
	return {
		acquire: (delivery: ClaimedDelivery) => add(delivery, 1),
		release: (delivery: ClaimedDelivery) => add(delivery, -1),
		running: () => running,
		count: () => all,
		free: () => Math.min(MAX_CLAIMED, total - all),
		/** Slow endpoints never take the attempts that fast ones need. */
		freeSlow: () => Math.max(0, Math.floor(total / 2) - slow),
		/** Whether a limit may have kept back due deliveries, so that the end of an attempt lets another start. */
		isLimited: () =>
			all >= total || slow >= Math.floor(total / 2) || [...running.values()].some((n) => n >= perEndpoint),
	};
}

/** Creates the sender of this process. Any number of processes share the deliveries. */
export function createSender(options: SenderOptions): Sender {
	const { prisma, logger, limits, timeoutMs } = options;
	const slots = createSlots(limits);
	const attempts = new Set<Promise<void>>();
	const aborting = new AbortController();
	const record = createBatch<DeliveryAttempt>((ended) => recordAll(options, ended));
	let isStopping = false;

	async function attempt(delivery: ClaimedDelivery): Promise<void> {
		try {
			const ended = await makeAttempt(options, delivery, aborting.signal);
			countAttempt(ended.outcome, ended.durationMs);
			await record(ended);
			crashPoint('webhooks.attempt.recorded');
			if (ended.status === 'failed') countAbandoned();
		} catch (error) {
			if (aborting.signal.aborted) return await releaseDeliveries(prisma, [delivery]);
			unrecorded.inc({});
			logger.warn('webhook.attempt_unrecorded', { delivery_id: delivery.id, error });
		} finally {
			slots.release(delivery);
			countRunning(slots.count());
		}
	}

	function start(delivery: ClaimedDelivery): void {
		slots.acquire(delivery);
		countStarted(slots.count(), delivery.number === 1 ? delivery.ageSeconds : undefined);
		const wasLimited = slots.isLimited();
		const running = attempt(delivery)
			.catch((error: unknown) => logger.warn('webhook.release_failed', { delivery_id: delivery.id, error }))
			.finally(() => {
				attempts.delete(running);
				if ((wasLimited || slots.isLimited()) && !isStopping) options.wake();
			});
		attempts.add(running);
	}

	return {
		async sendDue(stopping) {
			for (let claimed = MAX_CLAIMED; claimed === MAX_CLAIMED && !isStopping && !stopping.aborted; ) {
				const [free, freeSlow] = [slots.free(), slots.freeSlow()];
				if (free <= 0) return;
				const leaseSeconds = (timeoutMs + RECORD_MS) / 1_000;
				const { perEndpoint } = limits;
				const due = await claimDeliveries(prisma, {
					free,
					freeSlow,
					perEndpoint,
					running: slots.running(),
					leaseSeconds,
				});
				if (due.length > 0) crashPoint('webhooks.deliveries.claimed');
				for (const delivery of due) start(delivery);
				claimed = due.length;
			}
		},
		async stop() {
			isStopping = true;
			const timeout = AbortSignal.timeout(options.stopMs);
			await Promise.race([Promise.allSettled(attempts), once(timeout, 'abort')]);
			aborting.abort(new Error('the process stops'));
			await Promise.allSettled(attempts);
		},
	};
}

/** Stores ended attempts, and the health of the endpoints that they change. */
async function recordAll(
	{ prisma, rules, logger }: SenderOptions,
	ended: readonly DeliveryAttempt[],
): Promise<void> {
	await recordAttempts(prisma, ended);
	for (const [endpointId, attempts] of Map.groupBy(ended, ({ delivery }) => delivery.endpointId)) {
		if (attempts.every((one) => isUnchanged(one.delivery as ClaimedDelivery, one))) continue;
		const reason = await recordHealth(prisma, { endpointId, attempts }, rules);
		if (reason === null) continue;
		countDisabled(reason);
		logger.info('webhook.disabled', { webhook_id: endpointId, reason });
	}
}
