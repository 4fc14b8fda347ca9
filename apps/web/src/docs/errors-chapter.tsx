import { Fragment } from 'react';
import { Link } from 'react-router';
import {
	type ApiDescription,
	errorMeanings,
	jobErrorMeanings,
	sharedErrors,
	statusesOf,
} from './api-description.ts';
import { Chapter } from './docs-section.tsx';
import styles from './errors-chapter.module.css';

const EXAMPLE = `{
  "error": {
    "code": "validation",
    "message": "…",
    "request_id": "req_…",
    "retryable": false,
    "docs_url": "https://…/docs/errors/validation",
    "details": [{ "path": "params.quality", "message": "…" }],
    "details_total": 1
  }
}`;

/** Lists the error codes of requests and jobs. */
export function ErrorsChapter({ description }: { description: ApiDescription }) {
	const shared = new Set(sharedErrors(description).map(({ code }) => code));
	return (
		<Chapter id="errors" title="Errors">
			<p>
				Rely on the <code>code</code>. The message may change. In <code>validation</code> errors,{' '}
				<code>details</code> has an entry for each invalid field: the first 20 of <code>details_total</code>.
				If an error is <code>retryable</code>, the same request may succeed later. <code>docs_url</code> leads
				to the page about the code. <code>GET /v1/errors</code> lists all codes.
			</p>
			<pre className={styles.body}>
				<code>{EXAMPLE}</code>
			</pre>
			<CodeTable
				caption="Errors of requests"
				rows={Object.entries(errorMeanings(description)).map(([code, meaning]) => ({
					code,
					meaning,
					status: statusesOf(description, code).join(', '),
					isShared: shared.has(code),
				}))}
			/>
			<p>
				A failed job is not a request error. Its <code>status</code> is <code>failed</code>, its{' '}
				<code>error_code</code> is one of these, and its <code>error_message</code> says what to do.{' '}
				<code>error_retryable</code> and <code>error_docs_url</code> mean the same as for requests.
			</p>
			<CodeTable
				caption="Errors of jobs"
				rows={Object.entries(jobErrorMeanings(description)).map(([code, meaning]) => ({ code, meaning }))}
			/>
		</Chapter>
	);
}

interface Row {
	code: string;
	meaning: string;
	status?: string;
	/** Every operation has it. */
	isShared?: boolean;
}

function CodeTable({ caption, rows }: { caption: string; rows: readonly Row[] }) {
	const hasStatus = rows.some(({ status }) => status !== undefined);
	return (
		<table className={styles.codes}>
			<caption>{caption}</caption>
			<thead>
				<tr>
					{hasStatus && <th scope="col">Status</th>}
					<th scope="col">Code</th>
					<th scope="col">Meaning</th>
				</tr>
			</thead>
			<tbody>
				{rows.map(({ code, meaning, status, isShared }) => (
					<tr key={code}>
						{hasStatus && <td>{status}</td>}
						<th scope="row">
							<Link to={`/docs/errors/${code}`}>
								<code>{breakable(code)}</code>
							</Link>
						</th>
						<td>
							{meaning}
							{isShared && ' Any request can return it.'}
						</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

/** Allows line breaks after underscores. */
function breakable(code: string) {
	return code.split('_').map((word, index) => (
		<Fragment key={word}>
			{index > 0 && (
				<>
					_<wbr />
				</>
			)}
			{word}
		</Fragment>
	));
}
