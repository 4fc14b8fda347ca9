import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'react-router';
import { ProblemNotice } from '../api/problem-notice.tsx';
import { useTools } from '../api/tools.ts';
import { usePageTitle } from '../ui/page-title.ts';
import { Spinner } from '../ui/spinner.tsx';
import { type ApiDescription, groupsOf } from './api-description.ts';
import { type Chapter, Contents } from './contents.tsx';
import styles from './docs-page.module.css';
import { headingId } from './docs-section.tsx';
import { ErrorsChapter } from './errors-chapter.tsx';
import { ConventionsChapter, GettingStarted, RateLimits } from './guide.tsx';
import { Reference } from './reference.tsx';
import { ToolsChapter, toolSectionId } from './tools-chapter.tsx';
import { useSectionSearch } from './use-section-search.ts';
import { WebhooksChapter } from './webhooks-chapter.tsx';

const GUIDE: Chapter = {
	title: 'Guide',
	entries: [
		{ id: 'getting-started', title: 'Getting started' },
		{ id: 'conventions', title: 'Conventions' },
		{ id: 'limits', title: 'Limits' },
		{ id: 'webhooks', title: 'Webhooks' },
		{ id: 'errors', title: 'Errors' },
	],
};

/** The API docs: a guide, and a reference made from the OpenAPI document. */
export function DocsPage() {
	usePageTitle('API docs');
	const description = useApiDescription();
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
		{ title: 'Tools', entries: [{ id: 'tools', title: 'Using tools' }, ...toolEntries] },
		...groups.map(({ title, operations }) => ({ title, entries: operations })),
	]
		.map(({ title, entries }) => ({ title, entries: entries.filter(({ id }) => !found || found.has(id)) }))
		.filter(({ entries }) => entries.length > 0);
	const ids = chapters.flatMap(({ entries }) => entries.map(({ id }) => id));
	const current = useCurrentSection(ids.join(' '));

	return (
		<div className={styles.page}>
			<div className={styles.top}>
				<h1>API docs</h1>
				<p>
					For programs that do what this app does: upload a file, run a tool, download the result. The OpenAPI
					document is at <a href="/v1/openapi.json">/v1/openapi.json</a>.
				</p>
			</div>
			<Contents chapters={chapters} current={current} query={query} onQuery={setQuery} found={found?.size} />
			<div className={styles.text} ref={text}>
				<GettingStarted />
				<ConventionsChapter />
				<RateLimits />
				<WebhooksChapter />
				{!isReady && !error && <Spinner label="Loading reference" />}
				{!isReady && error && (
					<ProblemNotice
						what="Couldn’t load the reference"
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

/** Scrolls to the section of the URL's hash once it is rendered, and focuses its heading. */
function useGoToHash(isReady: boolean): void {
	const { hash, key } = useLocation();
	// the key repeats it when the same link is followed again
	useEffect(() => {
		const id = hash.slice(1);
		if (!isReady || id === '') return;
		document.getElementById(id)?.scrollIntoView();
		document.getElementById(headingId(id))?.focus({ preventScroll: true });
	}, [hash, key, isReady]);
}

/** A section is current while it is in this strip near the top of the window. */
const STRIP = '-12% 0px -80% 0px';

/** Returns the id of the section in view. */
function useCurrentSection(ids: string): string | undefined {
	const [current, setCurrent] = useState<string>();
	useEffect(() => {
		const observer = new IntersectionObserver(
			(entries) => {
				const entered = entries.filter(({ isIntersecting }) => isIntersecting).at(-1);
				if (entered) setCurrent(entered.target.id);
			},
			{ rootMargin: STRIP },
		);
		for (const id of ids.split(' ')) {
			const section = document.getElementById(id);
			if (section) observer.observe(section);
		}
		return () => observer.disconnect();
	}, [ids]);
	return current;
}

/** Fetches the OpenAPI document. It changes with a deployment only. */
function useApiDescription() {
	return useQuery({
		queryKey: ['description'],
		queryFn: async ({ signal }): Promise<ApiDescription> => {
			const response = await fetch('/v1/openapi.json', { signal });
			if (!response.ok) throw new Error(`the description has status ${response.status}`);
			return await response.json();
		},
		staleTime: Number.POSITIVE_INFINITY,
	});
}
