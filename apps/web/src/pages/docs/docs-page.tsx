import { useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'react-router';
import { useApiDescription } from '../../api/description.ts';
import { useTools } from '../../api/tools.ts';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import { headingId } from './anchored-heading.tsx';
import { type ApiDescription, groupsOf } from './api-description.ts';
import { type Chapter, Contents } from './contents.tsx';
import styles from './docs-page.module.css';
import { ErrorsChapter } from './errors-chapter.tsx';
import { GettingStarted, HowItAnswers, RateLimits } from './guide.tsx';
import { Reference } from './reference.tsx';
import { ToolsChapter, toolSectionId } from './tools-chapter.tsx';
import { useCurrentSection } from './use-current-section.ts';
import { useSectionSearch } from './use-section-search.ts';

const GUIDE: Chapter = {
	title: 'Guide',
	entries: [
		{ id: 'getting-started', title: 'Getting started' },
		{ id: 'conventions', title: 'How it answers' },
		{ id: 'limits', title: 'Limits' },
		{ id: 'errors', title: 'Errors' },
	],
};

/** How to use the API: a guide by hand, and a reference made from what the API says of itself. */
export function DocsPage() {
	usePageTitle('API');
	const description = useApiDescription<ApiDescription>();
	const tools = useTools();
	const [query, setQuery] = useState('');
	const text = useRef<HTMLDivElement>(null);
	const groups = useMemo(() => (description.data ? groupsOf(description.data) : []), [description.data]);
	const error = description.error ?? tools.error;
	const isReady = description.data !== undefined && tools.data !== undefined;
	useGoToHash(isReady);

	const found = useSectionSearch(text, query.trim(), isReady);

	const toolEntries = tools.data?.map(({ slug, title }) => ({ id: toolSectionId(slug), title })) ?? [];
	const chapters = [
		GUIDE,
		{ title: 'Tools', entries: [{ id: 'tools', title: 'How to use a tool' }, ...toolEntries] },
		...groups.map(({ title, operations }) => ({ title, entries: operations })),
	]
		.map(({ title, entries }) => ({ title, entries: entries.filter(({ id }) => !found || found.has(id)) }))
		.filter(({ entries }) => entries.length > 0);
	const ids = chapters.flatMap(({ entries }) => entries.map(({ id }) => id));
	const current = useCurrentSection(ids.join(' '));

	return (
		<div className={styles.page}>
			<div className={styles.top}>
				<h1>The API</h1>
				<p>
					Everything that this app does, it does through an API that is yours too. It is described at{' '}
					<a href="/v1/openapi.json">/v1/openapi.json</a>, and this page is made from that.
				</p>
			</div>
			<Contents chapters={chapters} current={current} query={query} onQuery={setQuery} found={found?.size} />
			<div className={styles.text} ref={text}>
				<GettingStarted />
				<HowItAnswers />
				<RateLimits />
				{!isReady && !error && <Spinner label="Loading the reference" />}
				{!isReady && error && (
					<ProblemNotice
						what="The reference can’t be loaded"
						error={error}
						onRetry={() => Promise.all([description.refetch(), tools.refetch()])}
					/>
				)}
				{isReady && (
					<>
						<ErrorsChapter description={description.data} />
						<ToolsChapter tools={tools.data} description={description.data} />
						<Reference groups={groups} description={description.data} />
					</>
				)}
			</div>
		</div>
	);
}

/** A link to a section waits until it is there; then the section is seen, and its heading has the focus. */
function useGoToHash(isReady: boolean): void {
	const { hash, key } = useLocation();
	// with the key, going to the same section once more goes there, too
	useEffect(() => {
		const id = hash.slice(1);
		if (!isReady || id === '') return;
		document.getElementById(id)?.scrollIntoView();
		document.getElementById(headingId(id))?.focus({ preventScroll: true });
	}, [hash, key, isReady]);
}
