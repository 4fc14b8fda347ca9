import { Chapter } from './docs-section.tsx';
import { VERIFY_WEBHOOK } from './examples/verify-webhook.ts';
import styles from './webhooks-chapter.module.css';

/** How to receive and verify events. */
export function WebhooksChapter() {
	return (
		<Chapter id="webhooks" title="Webhooks">
			<p>
				creatorr sends events to your server: add an endpoint under Account, or create one with the API. The
				body is JSON with <code>type</code>, <code>timestamp</code> and <code>data</code>. Respond with any
				2xx status within 15 seconds.
			</p>
			<ul className={styles.list}>
				<li>
					Failed deliveries are retried for about three days. An event can arrive more than once, always with
					the same <code>webhook-id</code>. Events can arrive in any order.
				</li>
				<li>
					Events contain IDs and no URLs. Get the result with <code>GET /v1/files/&#123;id&#125;</code>.
				</li>
				<li>
					Deliveries are signed as Standard Webhooks specifies. Verify the signature of the body as it
					arrived, before you parse it.
				</li>
				<li>
					For development, <code>creatorr listen --forward-to http://localhost:3000/webhooks</code> forwards
					events to your machine.
				</li>
			</ul>
			{Object.entries(VERIFY_WEBHOOK).map(([language, code]) => (
				<div key={language} className={styles.example}>
					<h3>{`Verify in ${language}`}</h3>
					<pre>
						<code>{code}</code>
					</pre>
				</div>
			))}
		</Chapter>
	);
}
