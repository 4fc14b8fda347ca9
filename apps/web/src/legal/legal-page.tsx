import { ConnectionError } from '@creatorr/client';
import { useQuery } from '@tanstack/react-query';
import { ProblemNotice } from '../api/problem-notice.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { Spinner } from '../ui/spinner.tsx';
import styles from './legal-page.module.css';
import { parseLegalText } from './legal-text.ts';

export const TermsPage = () => <LegalPage title="Terms of service" url="/legal/terms.txt" />;
export const PrivacyPage = () => <LegalPage title="Privacy" url="/legal/privacy.txt" />;

/** Shows a text of the operator, which is a file beside the app. */
function LegalPage({ title, url }: { title: string; url: string }) {
	usePageTitle(title);
	const { data, error, refetch } = useQuery({ queryKey: ['legal', url], queryFn: () => fetchText(url) });
	const sections = data === undefined ? [] : parseLegalText(data);
	// the first heading of the text is the page's
	const [first, ...others] = sections;
	return (
		<article className={styles.page}>
			<h1>{first?.heading || title}</h1>
			{first?.paragraphs.map((text) => (
				<p key={text}>{text}</p>
			))}
			{others.map(({ heading, paragraphs }) => (
				<section key={heading} className={styles.section}>
					<h2>{heading}</h2>
					{paragraphs.map((text) => (
						<p key={text}>{text}</p>
					))}
				</section>
			))}
			{error && <ProblemNotice what="Couldn’t load this page" error={error} onRetry={refetch} />}
			{data === undefined && !error && <Spinner label="Loading text" />}
		</article>
	);
}

async function fetchText(url: string): Promise<string> {
	const response = await fetch(url).catch((cause: unknown) => {
		throw new ConnectionError(`${url} got no answer`, { cause });
	});
	if (!response.ok) throw new ConnectionError(`${url} was answered with ${response.status}`);
	return await response.text();
}
