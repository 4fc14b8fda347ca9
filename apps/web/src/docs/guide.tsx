import { CodeExample } from './code-example.tsx';
import { Chapter } from './docs-section.tsx';
import { cliWalkthrough } from './examples/cli.ts';
import { gettingStarted } from './examples/getting-started.ts';
import styles from './guide.module.css';

export function GettingStarted() {
	return (
		<Chapter id="getting-started" title="Getting started">
			<p>Compress your first PDF in four steps. The curl example also needs jq and a file input.pdf.</p>
			<ol className={styles.steps}>
				{gettingStarted(location.origin).map(({ title, text, examples }) => (
					<li key={title}>
						<div className={styles.words}>
							<h3>{title}</h3>
							<p>{text}</p>
						</div>
						<CodeExample label={title} examples={examples} />
					</li>
				))}
			</ol>
			<p>
				With the CLI in this repository, <code>npx creatorr</code>, it takes two lines. Omit{' '}
				<code>--email</code> and the rest to be prompted.
			</p>
			<CodeExample label="The same with the CLI" examples={{ cli: cliWalkthrough(location.origin) }} />
		</Chapter>
	);
}

export function HowItAnswers() {
	return (
		<Chapter id="conventions" title="Conventions">
			<dl className={styles.terms}>
				<dt>Tokens</dt>
				<dd>
					Send <code>Authorization: Bearer $TOKEN</code> with every request that needs one. Each token is a
					session. It expires at <code>expires_at</code>, or everywhere at once when you sign out.
				</dd>
				<dt>Bodies</dt>
				<dd>
					JSON in UTF-8. Results are in <code>data</code>, errors in <code>error</code>. A <code>204</code>{' '}
					has no body. Times are RFC 3339 in UTC. Sizes are in bytes.
				</dd>
				<dt>Lists</dt>
				<dd>
					Newest first. Send <code>next_cursor</code> as <code>?cursor=</code> to get the next page. It is{' '}
					<code>null</code> on the last page.
				</dd>
				<dt>Idempotency</dt>
				<dd>
					Send a unique <code>Idempotency-Key</code> with each new job. If the connection breaks, send the
					same request again. Within 24 hours, you get the first response, and no second job is created.
				</dd>
				<dt>Waiting</dt>
				<dd>
					<code>?wait=30</code> waits up to 30 seconds for the job to change. <code>/events</code> streams
					every change until the job ends.
				</dd>
				<dt>Examples</dt>
				<dd>
					<code>$TOKEN</code>, <code>$FILE_ID</code>, <code>$JOB_ID</code> and <code>$SESSION_ID</code> come
					from earlier responses, and <code>$MAIL_TOKEN</code> from the link in an email. In JavaScript, they
					are <code>fileId</code>, <code>jobId</code>, <code>sessionId</code> and <code>mailToken</code>. CLI
					examples assume that you ran <code>creatorr login</code> and that <code>$FILE</code> is a local
					file.
				</dd>
				<dt>Request IDs</dt>
				<dd>
					Every response has an <code>X-Request-Id</code>. Include it when you contact support.
				</dd>
			</dl>
		</Chapter>
	);
}

export function RateLimits() {
	return (
		<Chapter id="limits" title="Limits">
			<p>
				Clients that exceed a limit receive <code>429</code> with the code <code>rate_limited</code> and a{' '}
				<code>Retry-After</code> in seconds. A rejected request changed nothing, so send it again after that
				time. Limits apply to each user’s requests (per second and concurrent), to open <code>?wait=</code>{' '}
				requests and event streams, to wrong passwords and emails, and to the connections and bytes of each
				address. Accounts also have a limit of pending uploads. To upload more, finish or delete some.
			</p>
			<p>
				Plan limits are different: a request that exceeds one receives <code>403</code> with the code{' '}
				<code>plan_limit</code>, and waiting doesn’t help. <code>GET /v1/usage</code> returns how much of each
				limit is used. Each tool lists the limits of one job. Each operation lists the maximum size of its
				body. A larger one receives <code>413</code> with the code <code>too_large</code>.
			</p>
		</Chapter>
	);
}
