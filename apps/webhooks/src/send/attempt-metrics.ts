import { counter, gauge, histogram } from '@creatorr/service/metrics';
import { isSuccess, type Outcome } from './outcome.ts';

const OUTCOMES = [
	'succeeded',
	'refused',
	'timeout',
	'connection_failed',
	'tls_failed',
	'dns_failed',
	'invalid_response',
	'address_not_allowed',
	'url_not_allowed',
] as const;

const attempts = counter({
	name: 'creatorr_webhook_attempts_total',
	help: 'Attempts to deliver events, by outcome: succeeded, refused (another status than 2xx), or why there was no response',
	labels: ['outcome'],
	initial: OUTCOMES.map((outcome) => ({ outcome })),
});

const delay = histogram({
	name: 'creatorr_webhook_delay_seconds',
	help: 'Time from the record of an event to the first attempt to deliver it',
	labels: [],
	buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800],
});

const duration = histogram({
	name: 'creatorr_webhook_attempt_duration_seconds',
	help: 'Duration of attempts to deliver events',
	labels: [],
	buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
});

const inFlight = gauge({
	name: 'creatorr_webhook_attempts_in_flight',
	help: 'Attempts to deliver events that are running in this process',
});
inFlight.set(0);

const failedDeliveries = counter({
	name: 'creatorr_webhook_deliveries_failed_total',
	help: 'Deliveries whose last retry failed',
	labels: [],
});

const disabled = counter({
	name: 'creatorr_webhook_endpoints_disabled_total',
	help: 'Endpoints that were disabled, by reason: failing (nothing but failures for days), gone (410)',
	labels: ['reason'],
	initial: ['failing', 'gone'].map((reason) => ({ reason })),
});

export function countStarted(running: number, firstDelaySeconds: number | undefined): void {
	inFlight.set(running);
	if (firstDelaySeconds !== undefined) delay.observe({}, Math.max(0, firstDelaySeconds));
}

export function setRunning(running: number): void {
	inFlight.set(running);
}

export function countAttempt(outcome: Outcome, durationMs: number): void {
	const label = 'failure' in outcome ? outcome.failure : isSuccess(outcome) ? 'succeeded' : 'refused';
	attempts.inc({ outcome: label });
	duration.observe({}, durationMs / 1_000);
}

export function countFailedDelivery(): void {
	failedDeliveries.inc({});
}

export function countDisabled(reason: 'failing' | 'gone'): void {
	disabled.inc({ reason });
}
