import type { Delivery, User } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client.ts';
import { toastFailure } from '../api/failure-message.ts';
import { ProblemNotice } from '../api/problem-notice.tsx';
import { refreshDeliveries, useDeliveries, useDelivery } from '../api/webhook-queries.ts';
import { Button } from '../ui/button.tsx';
import { formatDateTime } from '../ui/format.ts';
import { MoreButton } from '../ui/more-button.tsx';
import { Spinner } from '../ui/spinner.tsx';
import styles from './delivery-list.module.css';

/** The deliveries to an endpoint, newest first. */
export function DeliveryList({ user, webhookId }: { user: User; webhookId: string }) {
	const list = useDeliveries(user.id, webhookId);
	const deliveries = list.data?.pages.flatMap(({ data }) => data) ?? [];
	return (
		<div className={styles.list}>
			{list.isPending && <Spinner label="Loading deliveries" />}
			{list.error && !list.data && (
				<ProblemNotice what="Couldn’t load the deliveries" error={list.error} onRetry={list.refetch} />
			)}
			{list.data && deliveries.length === 0 && <p>No deliveries in the last 30 days.</p>}
			<ul aria-label="Deliveries">
				{deliveries.map((delivery) => (
					<li key={delivery.id}>
						<DeliveryRow user={user} delivery={delivery} />
					</li>
				))}
			</ul>
			<MoreButton list={list} />
		</div>
	);
}

const STATUS: Record<Delivery['status'], string> = {
	pending: 'Waiting',
	succeeded: 'Delivered',
	failed: 'Failed',
};

function describe(delivery: Delivery): string {
	const { status, response_status: code, next_attempt_at: next, attempt_count: attempts } = delivery;
	const answer = code === undefined ? '' : ` (${code})`;
	const retry = next && attempts > 0 ? ` · next attempt ${formatDateTime(next)}` : '';
	return `${STATUS[status]}${answer}${retry}`;
}

function DeliveryRow({ user, delivery }: { user: User; delivery: Delivery }) {
	const [isOpen, setOpen] = useState(false);
	const { id, webhook_id: webhookId, event_type: type, created_at: createdAt } = delivery;
	const replay = useMutation({
		mutationFn: () => api.webhooks.replay(webhookId, id),
		onSuccess: () => refreshDeliveries(user.id, webhookId),
		onError: (error) => toastFailure('Couldn’t send the event again.', error),
	});
	const name = `${type}, ${formatDateTime(createdAt)}`;
	return (
		<div className={styles.row} data-status={delivery.status}>
			<p>
				<strong>{type}</strong> <span className={styles.facts}>{formatDateTime(createdAt)}</span>
				<br />
				<span className={styles.facts}>{describe(delivery)}</span>
			</p>
			<div className={styles.actions}>
				<Button
					small
					aria-label={`${isOpen ? 'Hide' : 'Details'}: ${name}`}
					aria-expanded={isOpen}
					onClick={() => setOpen(!isOpen)}
				>
					{isOpen ? 'Hide' : 'Details'}
				</Button>
				<Button
					small
					aria-label={`Send again: ${name}`}
					aria-disabled={replay.isPending}
					onClick={() => !replay.isPending && replay.mutate()}
				>
					Send again
				</Button>
			</div>
			{isOpen && <Attempts user={user} delivery={delivery} />}
		</div>
	);
}

function Attempts({ user, delivery }: { user: User; delivery: Delivery }) {
	const { data, error, refetch } = useDelivery(user.id, delivery.webhook_id, delivery.id);
	if (error && !data)
		return <ProblemNotice what="Couldn’t load the attempts" error={error} onRetry={refetch} />;
	if (!data) return <Spinner label="Loading attempts" />;
	return (
		<div className={styles.details}>
			<ol reversed aria-label="Attempts">
				{data.attempts.map((attempt) => (
					<li key={attempt.number} value={attempt.number}>
						{formatDateTime(attempt.started_at)} · {attempt.duration_ms} ms ·{' '}
						{attempt.response_status ?? attempt.error}
						{attempt.response_excerpt && <pre>{attempt.response_excerpt}</pre>}
					</li>
				))}
			</ol>
			<pre>{JSON.stringify(data.event, null, 2)}</pre>
		</div>
	);
}
