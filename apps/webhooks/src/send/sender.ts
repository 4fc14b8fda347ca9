import { once } from 'node:events';
import { crashPoint } from '@creatorr/service/crash-point';
import type { Logger } from '@creatorr/service/logger';
import { counter } from '@creatorr/service/metrics';
import type { Database } from '../database.sql.ts';
import { failPending } from '../endpoints/end-deliveries.sql.ts';
import {
	countAttempt,
	countDisabled,
	countFailedDelivery,
	countStarted,
	setRunning,
} from './attempt-metrics.ts';
import { createBatcher } from './batch.ts';
import { type ClaimedDelivery, claimDeliveries, releaseDeliveries } from './claim.sql.ts';
import { type HealthRules, leavesHealthUnchanged } from './endpoint-health.ts';
import { type AttemptDeps, makeAttempt } from './make-attempt.ts';
import type { RetryRules } from './outcome.ts';
import { type DeliveryAttempt, recordAttempts, recordHealth } from './record-attempts.sql.ts';
import { createSlots, type SlotLimits } from './slots.ts';

interface SenderOptions extends AttemptDeps {
	prisma: Database;
	logger: Logger;
	rules: RetryRules & HealthRules;
	limits: SlotLimits;
	/** How long running attempts may take to end after a stop. */
	stopMs: number;
	/** Wakes the task that calls {@link Sender.sendDue}. */
	wake(): void;
}

/** The attempts of this process. */
export interface Sender {
	/** Claims due deliveries and starts their attempts. Doesn't wait for the attempts. */
	sendDue(stopping: AbortSignal): Promise<void>;
	/** Time after which more may be due, although nothing has woken the task. */
	nextClaimMs(): number;
	/** Starts no more attempts and waits for those that run. After a few seconds it aborts them, and other processes repeat them. */
	stop(): Promise<void>;
}

/**
 * Maximum number of deliveries of one claim. Its attempts start at once, and new events wait until they have started, so a larger backlog
 * takes several claims.
 */
const MAX_CLAIMED = 32;
/**
 * Maximum number of deliveries to slow endpoints of one claim, and the pause before the next. Attempts that start together also
 * end together, often at their timeout. Many that start or end at once keep this process busy, which delays new events.
 */
const MAX_SLOW_CLAIMED = 4;
const SLOW_PAUSE_MS = 50;
/** Finds retries that are due, and deliveries whose notification was lost. */
const POLL_MS = 1_000;
/** How long recording an attempt may take after its end, on a busy database. */
const RECORD_MS = 30_000;

const unrecorded = counter({
	name: 'creatorr_webhook_attempts_unrecorded_total',
	help: 'Attempts whose outcome could not be stored; they are repeated when their lease expires',
	labels: [],
});

/**
 * Returns a function that stores an ended attempt. One statement stores the outcomes of many endpoints. Few attempts change the health of
 * their endpoint. The health is stored afterwards, so that the outcomes of other endpoints don't wait for it, and for one endpoint at a time,
 * because concurrent transactions would take all database connections. If it can't be stored, that is only logged: the outcomes are stored,
 * and the next attempts show the health again.
 */
function createRecorder({ prisma, rules, logger }: SenderOptions): (ended: DeliveryAttempt) => Promise<void> {
	const recordOutcome = createBatcher((ended: readonly DeliveryAttempt[]) => recordAttempts(prisma, ended));
	async function recordHealthOf(endpointId: string, attempts: readonly DeliveryAttempt[]): Promise<void> {
		const reason = await recordHealth(prisma, { endpointId, attempts }, rules);
		if (reason === null) return;
		countDisabled(reason);
		logger.info('webhook.disabled', { webhook_id: endpointId, reason });
		await failPending(prisma, endpointId);
	}
	const recordAllHealth = createBatcher<DeliveryAttempt>(async (ended) => {
		for (const [endpointId, attempts] of Map.groupBy(ended, ({ delivery }) => delivery.endpointId)) {
			await recordHealthOf(endpointId, attempts).catch((error: unknown) =>
				logger.warn('webhook.health_unrecorded', { webhook_id: endpointId, error }),
			);
		}
	});
	/** Attempts whose health is being stored. */
	const changing = new Set<DeliveryAttempt>();
	// The attempt changes the health that its claim read, or it is a success that may have to clear a failure: one that another attempt has
	// stored since (`failing`) or is storing (`changing`).
	const changesHealth = (ended: DeliveryAttempt, failing: ReadonlySet<string>) =>
		!leavesHealthUnchanged(ended.delivery, ended) ||
		failing.has(ended.delivery.endpointId) ||
		[...changing].some(({ delivery }) => delivery.endpointId === ended.delivery.endpointId);
	return async (ended) => {
		const failing = await recordOutcome(ended);
		if (!changesHealth(ended, failing)) return;
		changing.add(ended);
		await recordAllHealth(ended).finally(() => changing.delete(ended));
	};
}

/** Creates the sender of this process. Any number of processes share the deliveries. */
export function createSender(options: SenderOptions): Sender {
	const { prisma, logger, limits, timeoutMs } = options;
	const slots = createSlots(limits);
	const attempts = new Set<Promise<void>>();
	const aborting = new AbortController();
	const record = createRecorder(options);
	let isStopping = false;
	/** When the next deliveries to slow endpoints may be claimed, on the clock of `performance.now()`. */
	let slowClaimAtMs = 0;
	/** Whether the last claim may have skipped due deliveries to slow endpoints. Then the next claim follows after SLOW_PAUSE_MS. */
	let mayHaveSkippedSlow = false;

	async function attempt(delivery: ClaimedDelivery): Promise<void> {
		try {
			const ended = await makeAttempt(options, delivery, aborting.signal);
			countAttempt(ended.outcome, ended.durationMs);
			await record(ended);
			crashPoint('webhooks.attempt.recorded');
			if (ended.status === 'failed') countFailedDelivery();
		} catch (error) {
			if (aborting.signal.aborted) return await releaseDeliveries(prisma, [delivery]);
			unrecorded.inc({});
			logger.warn('webhook.attempt_unrecorded', { delivery_id: delivery.id, error });
		}
	}

	function start(delivery: ClaimedDelivery): void {
		countStarted(slots.count(), delivery.number === 1 ? delivery.ageSeconds : undefined);
		const running = attempt(delivery)
			.catch((error: unknown) => logger.warn('webhook.release_failed', { delivery_id: delivery.id, error }))
			.finally(() => {
				attempts.delete(running);
				slots.release(delivery);
				setRunning(slots.count());
				if (slots.freesReachedLimit(delivery) && !isStopping) options.wake();
			});
		attempts.add(running);
	}

	/** Returns whether more may be due than one claim takes. */
	async function claimAndStart(): Promise<boolean> {
		const before = slots.free();
		if (before.free === 0) return false;
		const isPausing = performance.now() < slowClaimAtMs;
		const due = await claimDeliveries(prisma, {
			...before,
			free: Math.min(MAX_CLAIMED, before.free),
			freeSlow: isPausing ? 0 : Math.min(MAX_SLOW_CLAIMED, before.freeSlow),
			perEndpoint: limits.perEndpoint,
			leaseSeconds: (timeoutMs + RECORD_MS) / 1_000,
		});
		if (due.length > 0) crashPoint('webhooks.deliveries.claimed');
		slots.acquire(due, before);
		for (const delivery of due) start(delivery);
		const hasSlow = due.some(({ slow }) => slow);
		if (hasSlow) slowClaimAtMs = performance.now() + SLOW_PAUSE_MS;
		mayHaveSkippedSlow = isPausing || hasSlow;
		return due.length === MAX_CLAIMED;
	}

	return {
		async sendDue(stopping) {
			while (!isStopping && !stopping.aborted && (await claimAndStart()));
		},
		nextClaimMs: () => (mayHaveSkippedSlow ? SLOW_PAUSE_MS : POLL_MS),
		async stop() {
			isStopping = true;
			const timeout = AbortSignal.timeout(options.stopMs);
			await Promise.race([Promise.allSettled(attempts), once(timeout, 'abort')]);
			aborting.abort(new Error('the process stops'));
			await Promise.allSettled(attempts);
		},
	};
}
