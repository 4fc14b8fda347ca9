import { useSearchParams } from 'react-router';
import { useTools } from '../api/tools.ts';
import { filterOf, STATUSES } from './history-filter.ts';
import styles from './history-filter-form.module.css';

/** Filters the history. The filter is in the URL, so that it can be shared. */
export function HistoryFilterForm() {
	const [query, setQuery] = useSearchParams();
	const { data: tools = [] } = useTools();
	const { tool = '', status = '' } = filterOf(query);
	const choose = (name: 'tool' | 'status', value: string) => {
		setQuery(
			(before) => {
				if (value) before.set(name, value);
				else before.delete(name);
				return before;
			},
			{ replace: true },
		);
	};
	return (
		<div className={styles.filters}>
			<label>
				Tool
				<select value={tool} onChange={(event) => choose('tool', event.target.value)}>
					<option value="">All</option>
					{tools.map(({ slug, title }) => (
						<option key={slug} value={slug}>
							{title}
						</option>
					))}
					{tool && !tools.some(({ slug }) => slug === tool) && <option>{tool}</option>}
				</select>
			</label>
			<label>
				Status
				<select value={status} onChange={(event) => choose('status', event.target.value)}>
					<option value="">All</option>
					{STATUSES.map(([value, name]) => (
						<option key={value} value={value}>
							{name}
						</option>
					))}
				</select>
			</label>
		</div>
	);
}
