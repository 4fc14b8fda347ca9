import type { ErrorDescription } from '@creatorr/client';
import { useQuery } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { Link, useParams } from 'react-router';
import { api } from '../api/client.ts';
import { ProblemNotice } from '../api/problem-notice.tsx';
import { NotFoundPage } from '../shell/not-found-page.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { Spinner } from '../ui/spinner.tsx';
import { errorExample } from './error-example.ts';
import styles from './error-page.module.css';

/** The page of an error code, made from the API's catalog. A code of requests and jobs has a section for each. */
export function ErrorPage() {
	const { code = '' } = useParams();
	const { data, error, refetch } = useErrors();
	if (!data) {
		return error ? (
			<ProblemNotice what="Couldn’t load the error codes" error={error} onRetry={refetch} />
		) : (
			<Spinner label="Loading error code" />
		);
	}
	const descriptions = data.filter((one) => one.code === code);
	return descriptions.length > 0 ? <ErrorView code={code} descriptions={descriptions} /> : <NotFoundPage />;
}

/** Fetches the catalog of error codes. It changes with a deployment only. */
function useErrors() {
	return useQuery({
		queryKey: ['errors'],
		queryFn: ({ signal }) => api.errors({ signal }),
		staleTime: Number.POSITIVE_INFINITY,
	});
}

function ErrorView({ code, descriptions }: { code: string; descriptions: readonly ErrorDescription[] }) {
	usePageTitle(code);
	return (
		<article className={styles.page}>
			<Link to="/docs#errors" className={styles.back ?? ''}>
				<ArrowLeft size={16} aria-hidden="true" />
				All errors
			</Link>
			<h1>
				<code>{code}</code>
			</h1>
			{descriptions.map((description) => (
				<ErrorSection key={description.kind} description={description} />
			))}
		</article>
	);
}

function ErrorSection({ description }: { description: ErrorDescription }) {
	const { kind, status, title, cause, fix, retryable } = description;
	const what = kind === 'job' ? 'job' : 'request';
	const label = status === undefined ? 'Error of a failed job' : `Error of a request, HTTP status ${status}`;
	return (
		<section className={styles.section} aria-label={label}>
			<h2>{title}</h2>
			<p className={styles.kind}>{label}</p>
			<dl className={styles.facts}>
				<dt>Cause</dt>
				<dd>{cause}</dd>
				<dt>What to do</dt>
				<dd>{fix}</dd>
				<dt>Retryable</dt>
				<dd>
					{retryable
						? `Yes. The same ${what} may succeed later.`
						: `No. Unless something changes, the same ${what} fails again.`}
				</dd>
			</dl>
			<h3>Example</h3>
			<pre className={styles.example}>
				<code>{errorExample(description)}</code>
			</pre>
		</section>
	);
}
