import type { Tool } from '@creatorr/client';
import { Link } from 'react-router';
import styles from './tool-card.module.css';

/** A tool, and the way to it. */
export function ToolCard({ tool }: { tool: Tool }) {
	return (
		<article className={styles.card}>
			<h2 className={styles.title}>
				<Link to={`/tools/${tool.slug}`}>{tool.title}</Link>
			</h2>
			<p>{tool.summary}</p>
			{!tool.available && <p className={styles.away}>No worker has it just now: jobs wait for one.</p>}
		</article>
	);
}
