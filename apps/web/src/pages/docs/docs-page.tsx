import { useEffect, useMemo, useState } from 'react';
import { useLocation } from 'react-router';
import { useApiDescription } from '../../api/description.ts';
import { useTools } from '../../api/tools.ts';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import { headingId } from './anchored-heading.tsx';
import { type ApiDescription, type Group, groupsOf } from './api-description.ts';
import { type Chapter, Contents } from './contents.tsx';
import styles from './docs-page.module.css';
import { ErrorsChapter } from './errors-chapter.tsx';
import { GettingStarted, HowItAnswers, RateLimits } from './guide.tsx';
import { matches } from './matches.ts';
import { Reference } from './reference.tsx';
import { ToolsChapter, toolSectionId } from './tools-chapter.tsx';
import { useCurrentSection } from './use-current-section.ts';

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
	const wanted = query.trim();
	const groups = useMemo(() => (description.data ? groupsOf(description.data) : []), [description.data]);
	const shown = useMemo(() => filtered(groups, wanted), [groups, wanted]);
	const error = description.error ?? tools.error;
	const isReady = description.data !== undefined && tools.data !== undefined;
	useGoToHash(isReady);

	const chapters: Chapter[] = [
		...(wanted === '' ? [GUIDE] : []),
		...(wanted === '' && tools.data
			? [
					{
						title: 'Tools',
						entries: tools.data.map(({ slug, title }) => ({ id: toolSectionId(slug), title })),
					},
				]
			: []),
		...shown.map(({ title, operations }) => ({ title, entries: operations })),
	];
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
			<Contents
				chapters={chapters}
				current={current}
				query={query}
				onQuery={setQuery}
				found={wanted === '' ? undefined : shown.reduce((sum, group) => sum + group.operations.length, 0)}
			/>
			<div className={styles.text}>
				{wanted === '' && (
					<>
						<GettingStarted />
						<HowItAnswers />
						<RateLimits />
					</>
				)}
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
						{wanted === '' && (
							<>
								<ErrorsChapter description={description.data} />
								<ToolsChapter tools={tools.data} description={description.data} />
							</>
						)}
						<Reference groups={shown} description={description.data} />
					</>
				)}
			</div>
		</div>
	);
}

function filtered(groups: readonly Group[], query: string): Group[] {
	return groups
		.map((group) => ({
			...group,
			operations: group.operations.filter((operation) => matches(operation, query)),
		}))
		.filter(({ operations }) => operations.length > 0);
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
