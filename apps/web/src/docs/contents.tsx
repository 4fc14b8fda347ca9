import { Search } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import { Link } from 'react-router';
import { formatCount } from '../ui/format.ts';
import { VisuallyHidden } from '../ui/visually-hidden.tsx';
import styles from './contents.module.css';
import { Method } from './docs-section.tsx';

export interface Chapter {
	title: string;
	entries: Entry[];
}

interface Entry {
	/** The id of the section. */
	id: string;
	title: string;
	/** The HTTP method of an operation. */
	method?: string;
}

/** The table of contents with a search field. */
export function Contents({
	chapters,
	current,
	query,
	onQuery,
	found,
}: {
	chapters: readonly Chapter[];
	/** The section in view. */
	current: string | undefined;
	query: string;
	onQuery: (query: string) => void;
	/** The number of matching sections; undefined without a query. */
	found: number | undefined;
}) {
	const id = useId();
	const nav = useRef<HTMLElement>(null);
	useEffect(() => {
		if (current !== undefined) showWithin(nav.current, '[aria-current]');
	}, [current]);
	return (
		<nav className={styles.contents} aria-label="Contents" ref={nav}>
			<div className={styles.search}>
				<label htmlFor={id}>
					<VisuallyHidden>Search the docs</VisuallyHidden>
					<Search size={18} aria-hidden="true" />
				</label>
				<input
					id={id}
					type="search"
					value={query}
					placeholder="Search the docs"
					autoComplete="off"
					onChange={({ target }) => onQuery(target.value)}
				/>
			</div>
			<p role="status" className={styles.found}>
				{found !== undefined && (found === 0 ? 'No matches' : formatCount(found, 'match', 'matches'))}
			</p>
			<details className={styles.list} open={found !== undefined || isWide()}>
				<summary>Contents</summary>
				{chapters.map(({ title, entries }) => (
					<div key={title}>
						<h2 className={styles.title}>{title}</h2>
						<ul>
							{entries.map((entry) => (
								<li key={entry.id}>
									<Link to={{ hash: entry.id }} aria-current={entry.id === current ? 'location' : undefined}>
										{entry.title}
										{entry.method && <Method method={entry.method} />}
									</Link>
								</li>
							))}
						</ul>
					</div>
				))}
			</details>
		</nav>
	);
}

/** Whether the contents are beside the text, where they are always open. */
const isWide = () => matchMedia('(width >= 56rem)').matches;

/** Scrolls an element into view within its box, without scrolling the page. */
function showWithin(box: HTMLElement | null, selector: string): void {
	const part = box?.querySelector(selector);
	if (!box || !part || box.scrollHeight <= box.clientHeight) return;
	const { top, bottom } = part.getBoundingClientRect();
	const frame = box.getBoundingClientRect();
	if (top < frame.top || bottom > frame.bottom) {
		box.scrollTop += top - frame.top - frame.height / 2;
	}
}
