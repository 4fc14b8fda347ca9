import type { CreatedWebhook, User } from '@creatorr/client';
import { useState } from 'react';
import { Link } from 'react-router';
import { useWithoutRemoved } from '../api/optimistic-removal.ts';
import { ProblemNotice } from '../api/problem-notice.tsx';
import { refreshWebhooks, useWebhooks } from '../api/webhook-queries.ts';
import { requireUser } from '../sign-in/require-user.tsx';
import { Button } from '../ui/button.tsx';
import { useFocusAfterRemoval } from '../ui/focus.ts';
import { PageHead } from '../ui/page-head.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { RowList } from '../ui/row-list.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { NewWebhookDialog } from './new-webhook-dialog.tsx';
import { SecretDialog } from './secret-dialog.tsx';
import { WebhookRow } from './webhook-row.tsx';
import styles from './webhooks-page.module.css';

/** The webhook endpoints, each with its deliveries. */
function Webhooks({ user }: { user: User }) {
	usePageTitle('Webhooks');
	const { data, error, refetch } = useWebhooks(user.id);
	const webhooks = useWithoutRemoved(user.id, 'webhook', data ?? []);
	useFocusAfterRemoval(webhooks.length);
	const [isAdding, setAdding] = useState(false);
	const [created, setCreated] = useState<CreatedWebhook>();
	return (
		<div className={styles.page}>
			<PageHead title="Webhooks">
				creatorr sends events to your server, for example when a job has ended.{' '}
				<Link to="/docs#webhooks">How webhooks work</Link>
			</PageHead>
			{!data && !error && <Spinner label="Loading webhooks" />}
			{error && !data && <ProblemNotice what="Couldn’t load your webhooks" error={error} onRetry={refetch} />}
			{data && (
				<>
					{webhooks.length === 0 ? (
						<p>You have no endpoints yet. An endpoint is a URL of your server that receives events.</p>
					) : (
						<RowList label="Webhook endpoints">
							{webhooks.map((webhook) => (
								<li key={webhook.id}>
									<WebhookRow user={user} webhook={webhook} />
								</li>
							))}
						</RowList>
					)}
					<Button variant="primary" onClick={() => setAdding(true)}>
						Add endpoint
					</Button>
				</>
			)}
			{isAdding && (
				<NewWebhookDialog
					onClose={() => setAdding(false)}
					onCreated={(webhook) => {
						setAdding(false);
						setCreated(webhook);
						void refreshWebhooks(user.id);
					}}
				/>
			)}
			{created && <SecretDialog secret={created.secret} onClose={() => setCreated(undefined)} />}
		</div>
	);
}

export const WebhooksPage = requireUser(Webhooks);
