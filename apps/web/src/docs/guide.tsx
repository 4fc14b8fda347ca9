import { CodeExample } from './code-example.tsx';
import { Chapter } from './docs-section.tsx';
import { cliWalkthrough } from './examples/cli.ts';
import { gettingStarted } from './examples/getting-started.ts';
import styles from './guide.module.css';

export function GettingStarted() {
	return (
		<Chapter id="getting-started" title="Getting started">
			<p>From nothing to a smaller PDF in four steps. For curl you need jq too, and a file input.pdf.</p>
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
				With the command line of this repository, <code>npx creatorr</code>, it is two lines. Without{' '}
				<code>--email</code> and what follows it asks you.
			</p>
			<CodeExample label="The same with creatorr" examples={{ cli: cliWalkthrough(location.origin) }} />
		</Chapter>
	);
}

export function HowItAnswers() {
	return (
		<Chapter id="conventions" title="How it answers">
			<dl className={styles.terms}>
				<dt>Tokens</dt>
				<dd>
					Send <code>Authorization: Bearer $TOKEN</code> with every call that needs one. A token is one
					session: it ends at its <code>expires_at</code>, and everywhere at once when you sign out.
				</dd>
				<dt>Bodies</dt>
				<dd>
					JSON in UTF-8. What went well is in <code>data</code>, what did not in <code>error</code>; an answer{' '}
					<code>204</code> is empty. Times are RFC 3339 in UTC, sizes are bytes.
				</dd>
				<dt>Lists</dt>
				<dd>
					Newest first. Where more is to come there is a <code>next_cursor</code>: give it as{' '}
					<code>?cursor=</code>. It is <code>null</code> on the last page.
				</dd>
				<dt>Once and no more</dt>
				<dd>
					Send an <code>Idempotency-Key</code> of your own with a new job. If the connection breaks, send the
					same again: within 24 hours you get the first answer, and there is one job.
				</dd>
				<dt>Waiting</dt>
				<dd>
					<code>?wait=30</code> holds the answer until the job changes; <code>/events</code> streams every
					change until the job has ended.
				</dd>
				<dt>Examples</dt>
				<dd>
					<code>$TOKEN</code>, <code>$FILE_ID</code>, <code>$JOB_ID</code> and <code>$SESSION_ID</code> are
					what earlier answers gave you, <code>$MAIL_TOKEN</code> is in the link of a mail. In JavaScript they
					are <code>fileId</code>, <code>jobId</code>, <code>sessionId</code> and <code>mailToken</code>. On
					the command line you have signed in with <code>creatorr login</code>, and <code>$FILE</code> is a
					file of yours.
				</dd>
				<dt>Requests</dt>
				<dd>
					Every answer has an <code>X-Request-Id</code>. Tell it when something went wrong: it finds what
					happened.
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
				<code>Retry-After</code> in seconds. A refused request has changed nothing: send it again after that
				time. There are limits on the requests of each user (per second and at a time), on open{' '}
				<code>?wait=</code> requests and event streams, on wrong passwords and mails, and on the connections
				and bytes of each address. An account also has a limit of pending uploads: finish or delete some, and
				new ones are accepted.
			</p>
			<p>
				What a plan allows is another thing: a request that goes beyond it is answered <code>403</code> with
				the code <code>plan_limit</code>, and waiting does not help. <code>GET /v1/usage</code> says how much
				of each limit is used; what one job may take stands with each tool. How long a body may be stands with
				each operation; a longer one is answered <code>413</code> with the code <code>too_large</code>.
			</p>
		</Chapter>
	);
}
