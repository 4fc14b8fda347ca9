import type { User, Webhook } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client.ts';
import { toastFailure } from '../api/failure-message.ts';
import { useRemoval } from '../api/optimistic-removal.ts';
import { refreshDeliveries, refreshWebhooks, removeCachedWebhook } from '../api/webhook-queries.ts';
import { Button } from '../ui/button.tsx';
import { ConfirmDialog } from '../ui/dialog.tsx';
import { formatDateTime } from '../ui/format.ts';
import { toast } from '../ui/toasts.ts';
import { DeliveryList } from './delivery-list.tsx';
import { SecretDialog } from './secret-dialog.tsx';
import styles from './webhook-row.module.css';

interface Props {
	user: User;
	webhook: Webhook;
}

/** An endpoint: what it receives, its status, its actions, and its deliveries when they are open. */
export function WebhookRow({ user, webhook }: Props) {
	const [isOpen, setOpen] = useState(false);
	const { url, description, events } = webhook;
	return (
		<div className={styles.row}>
			<p className={styles.url}>{url}</p>
			{description && <p>{description}</p>}
			<p className={styles.facts}>
				{events.includes('*') ? 'All events' : events.join(', ')} · {statusText(webhook)}
			</p>
			<div className={styles.actions}>
				<Button small aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
					{isOpen ? 'Hide deliveries' : 'Show deliveries'}
				</Button>
				<TestButton user={user} webhook={webhook} />
				<StatusButton user={user} webhook={webhook} />
				<RotateButton webhook={webhook} />
				<DeleteButton user={user} webhook={webhook} />
			</div>
			{isOpen && <DeliveryList user={user} webhookId={webhook.id} />}
		</div>
	);
}

const DISABLED = {
	failing: 'all attempts failed for days',
	gone: 'it responded with 410',
	user: 'by you',
	suspended: 'the account was suspended',
	unverified: 'it was created before your email was verified',
};

function statusText({ status, disabled_reason: reason, failing_since: since }: Webhook): string {
	if (status === 'disabled') return reason ? `Disabled: ${DISABLED[reason]}` : 'Disabled';
	return since ? `Failing since ${formatDateTime(since)}` : 'Enabled';
}

function TestButton({ user, webhook: { id, url, status } }: Props) {
	const test = useMutation({
		mutationFn: () => api.webhooks.test(id),
		onSuccess: () => {
			toast({ text: 'Test event sent. See the deliveries for the response.' });
			void refreshDeliveries(user.id, id);
		},
		onError: (error) => toastFailure('Couldn’t send a test event.', error),
	});
	if (status === 'disabled') return null;
	return (
		<Button
			small
			aria-label={`Send test to ${url}`}
			aria-disabled={test.isPending}
			onClick={() => !test.isPending && test.mutate()}
		>
			{test.isPending ? 'Sending…' : 'Send test'}
		</Button>
	);
}

function StatusButton({ user, webhook: { id, url, status } }: Props) {
	const next = status === 'enabled' ? 'disabled' : 'enabled';
	const label = status === 'enabled' ? 'Disable' : 'Enable';
	const update = useMutation({
		mutationFn: () => api.webhooks.update(id, { status: next }),
		onSuccess: () => refreshWebhooks(user.id),
		onError: (error) => toastFailure('Couldn’t change the endpoint.', error),
	});
	return (
		<Button
			small
			aria-label={`${label} ${url}`}
			aria-disabled={update.isPending}
			onClick={() => !update.isPending && update.mutate()}
		>
			{label}
		</Button>
	);
}

function RotateButton({ webhook: { id, url } }: Pick<Props, 'webhook'>) {
	const [isAsking, setAsking] = useState(false);
	const [secret, setSecret] = useState<string>();
	const rotate = useMutation({
		mutationFn: () => api.webhooks.rotateSecret(id),
		onSuccess: (rotated) => setSecret(rotated.secret),
		onError: (error) => toastFailure('Couldn’t rotate the secret.', error),
	});
	return (
		<>
			<Button small aria-label={`Rotate secret of ${url}`} onClick={() => setAsking(true)}>
				Rotate secret
			</Button>
			{isAsking && (
				<ConfirmDialog
					title="Rotate the secret?"
					text="You get a new secret. For one day, deliveries are signed with both, so you have time to change your server."
					confirm="Rotate secret"
					onConfirm={() => rotate.mutate()}
					onClose={() => setAsking(false)}
				/>
			)}
			{secret !== undefined && <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
		</>
	);
}

function DeleteButton({ user, webhook: { id, url } }: Props) {
	const [isAsking, setAsking] = useState(false);
	const removal = useRemoval(user.id, 'webhook', {
		remove: (webhookId) => api.webhooks.delete(webhookId),
		async onRemoved(webhookId) {
			await removeCachedWebhook(user.id, webhookId);
			toast({ text: 'Endpoint deleted.' });
		},
		onFailure: (error) => toastFailure('Couldn’t delete the endpoint.', error),
	});
	return (
		<>
			<Button small variant="quiet" aria-label={`Delete ${url}`} onClick={() => setAsking(true)}>
				Delete
			</Button>
			{isAsking && (
				<ConfirmDialog
					title="Delete this endpoint?"
					text="It receives no more events, and its deliveries are deleted. This can’t be undone."
					confirm="Delete endpoint"
					onConfirm={() => removal.mutate(id)}
					onClose={() => setAsking(false)}
				/>
			)}
		</>
	);
}
