import type { ReactNode } from 'react';
import { CodeExample } from './code-example.tsx';
import { Chapter } from './docs-section.tsx';
import { cliWalkthrough } from './examples/cli.ts';
import { gettingStarted } from './examples/getting-started.ts';
import styles from './guide.module.css';

export function GettingStarted() {
	return (
		<Chapter id="getting-started" title="Getting started">
			<p>
				Compress your first PDF in four steps. The curl examples need the program jq, and a file named{' '}
				<code>input.pdf</code>.
			</p>
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
				The command-line interface (CLI) does the same with two commands. It comes with the source code of
				creatorr: <code>npx creatorr</code> runs it there. Without <code>--email</code> and{' '}
				<code>--password-stdin</code>, it asks for both. The JavaScript library <code>@creatorr/client</code>{' '}
				comes with the source code, too.
			</p>
			<CodeExample label="The same with the CLI" examples={{ cli: cliWalkthrough(location.origin) }} />
		</Chapter>
	);
}

export function ConventionsChapter() {
	return (
		<Chapter id="conventions" title="Conventions">
			<dl className={styles.terms}>
				<dt>Tokens</dt>
				<dd>
					Signing up or signing in starts a session and returns its token. Send the token as{' '}
					<code>Authorization: Bearer $TOKEN</code> with every request that needs one. It works until{' '}
					<code>expires_at</code>, or until you sign out.
				</dd>
				<dt>API keys</dt>
				<dd>
					For programs, create an API key with <code>POST /v1/keys</code>. Send it like a token:{' '}
					<code>Authorization: Bearer ctr_live_…</code>. Each operation below says which scope a key needs. A
					key can’t manage keys, passwords, billing or sessions. Keep keys out of source code: scanners find
					the prefix <code>ctr_live_</code>, and anyone can report a leaked key.
				</dd>
				<dt>Bodies</dt>
				<dd>
					JSON in UTF-8. Results are in <code>data</code>, errors in <code>error</code>. A <code>204</code>{' '}
					has no body. Times are RFC 3339 in UTC. Sizes are in bytes.
				</dd>
				<dt>Presigned URLs</dt>
				<dd>
					Files don’t pass through the API. For each upload and download, it returns a presigned URL: a link
					to the file storage that needs no token and expires. Upload with <code>PUT</code>, download with{' '}
					<code>GET</code>.
				</dd>
				<dt>Lists</dt>
				<dd>
					Newest first. Send <code>next_cursor</code> as <code>?cursor=</code> to get the next page. It is{' '}
					<code>null</code> on the last page.
				</dd>
				<dt>Idempotency</dt>
				<dd>
					Send a unique <code>Idempotency-Key</code> with each new job. If the connection breaks, send the
					same request again within 24 hours. You get the first response, and no second job is created.
				</dd>
				<dt>Waiting</dt>
				<dd>
					<code>GET /v1/jobs/{'{id}'}?wait=30</code> waits up to 30 seconds for the job to change.{' '}
					<code>GET /v1/jobs/{'{id}'}/events</code> streams every change until the job ends.
				</dd>
				<dt>Examples</dt>
				<dd>
					Variables such as <code>$TOKEN</code>, <code>$FILE_ID</code> and <code>$WEBHOOK_ID</code> are values
					of earlier responses, and <code>$MAIL_TOKEN</code> comes from the link in an email.{' '}
					<code>$TOKEN</code> may also be an API key. In JavaScript, they are <code>fileId</code>,{' '}
					<code>webhookId</code> and <code>mailToken</code>, and <code>creatorr</code> is the client. CLI
					examples assume that you ran <code>creatorr login</code> and that <code>$FILE</code> is a local
					file.
				</dd>
				<dt>Request IDs</dt>
				<dd>
					Every response has an <code>X-Request-Id</code>. Include it when you report a problem.
				</dd>
			</dl>
		</Chapter>
	);
}

const WAIT = (
	<>
		Wait as many seconds as <code>Retry-After</code> says, then send it again.
	</>
);

const RATE_LIMIT_HEADERS = `RateLimit-Policy: "requests";q=600;w=60, "jobs";q=60;w=60
RateLimit: "requests";r=57;t=1, "jobs";r=12;t=1`;

const LIMITS: readonly { limit: ReactNode; response: string; remedy: ReactNode }[] = [
	{
		limit: (
			<>
				Requests and new jobs per minute of your plan, for each API key and for all sessions of a user
				together
			</>
		),
		response: '429 rate_limited',
		remedy: WAIT,
	},
	{
		limit: 'Requests per second, and concurrent requests, of a user',
		response: '429 rate_limited',
		remedy: WAIT,
	},
	{
		limit: (
			<>
				Concurrent <code>?wait=</code> requests and event streams of a user
			</>
		),
		response: '429 rate_limited',
		remedy: WAIT,
	},
	{ limit: 'Wrong passwords, and emails that we send', response: '429 rate_limited', remedy: WAIT },
	{
		limit: 'Open connections, and request bytes in transfer, from one IP address',
		response: '429 rate_limited',
		remedy: WAIT,
	},
	{
		limit: 'Unfinished uploads of an account',
		response: '429 rate_limited',
		remedy: 'Finish or delete some, then send it again.',
	},
	{
		limit: 'Other limits of your plan',
		response: '403 plan_limit',
		remedy: (
			<>
				Do what the message says. <code>GET /v1/usage</code> returns how much you have used. Each tool below
				lists its limits.
			</>
		),
	},
	{
		limit: 'Size of a request body, listed with each operation',
		response: '413 too_large',
		remedy: 'Send a smaller one.',
	},
];

export function RateLimits() {
	return (
		<Chapter id="limits" title="Limits">
			<p>A request that exceeds a limit is rejected and changes nothing.</p>
			<table className={styles.limits}>
				<thead>
					<tr>
						<th scope="col">Limit</th>
						<th scope="col">Response</th>
						<th scope="col">What to do</th>
					</tr>
				</thead>
				<tbody>
					{LIMITS.map(({ limit, response, remedy }, index) => (
						<tr key={index}>
							<th scope="row">{limit}</th>
							<td>
								<code>{response}</code>
							</td>
							<td>{remedy}</td>
						</tr>
					))}
				</tbody>
			</table>
			<p>
				Responses of operations that need a token or API key show the rate limits of your plan in two headers.{' '}
				<code>q</code> is the number allowed in <code>w</code> seconds, <code>r</code> how many are left, and{' '}
				<code>t</code> the number of seconds until there are more. After a pause of a minute, all of them are
				available at once. If such a limit causes a 429, <code>error.violated_policies</code> names it.
				Requests answered with 401, 429, or 403 for a missing scope or tool don’t count. A 429 of an
				operation’s own limit, such as that of unfinished uploads, does count. <code>GET /v1/plans</code>{' '}
				lists the limits of each plan.
			</p>
			<pre className={styles.headers}>
				<code>{RATE_LIMIT_HEADERS}</code>
			</pre>
		</Chapter>
	);
}
