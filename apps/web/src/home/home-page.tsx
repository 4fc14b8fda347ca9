import type { Tool } from '@creatorr/client';
import { Link } from 'react-router';
import { ProblemNotice } from '../api/problem-notice.tsx';
import { useUserChanges } from '../api/session.ts';
import { useTools } from '../api/tools.ts';
import { firstSentence } from '../ui/format.ts';
import { usePageTitle } from '../ui/page-title.ts';
import { Spinner } from '../ui/spinner.tsx';
import { BeforeAfter } from './before-after.tsx';
import { HomeDrop } from './home-drop.tsx';
import styles from './home-page.module.css';

/** Lists the tools of the API. */
export function HomePage() {
	usePageTitle('');
	const userChanges = useUserChanges();
	const { data: tools, error, refetch } = useTools();
	return (
		<>
			<section className={styles.hero}>
				<div className={styles.words}>
					<h1>Smaller PDFs. Searchable scans.</h1>
					<p>
						Compress PDFs, convert Office documents to PDF, and make scans searchable. Free with an account.
					</p>
					{tools && <HomeDrop key={userChanges} tools={tools} />}
				</div>
				{/* Shown with the tools, because the text above grows when they are loaded. */}
				{(tools || error) && <BeforeAfter />}
			</section>
			{!tools && !error && <Spinner label="Loading tools" />}
			{error && <ProblemNotice what="Couldn’t load the tools" error={error} onRetry={refetch} />}
			{tools && (
				<ul className={styles.tools}>
					{tools.map((tool) => (
						<li key={tool.slug}>
							<ToolCard tool={tool} />
						</li>
					))}
				</ul>
			)}
		</>
	);
}

function ToolCard({ tool }: { tool: Tool }) {
	return (
		<article className={styles.card}>
			<h2 className={styles.title}>
				<Link to={`/tools/${tool.slug}`}>{tool.title}</Link>
			</h2>
			<p>{firstSentence(tool.summary)}</p>
			{!tool.available && <p className={styles.away}>Temporarily unavailable. You can still add files.</p>}
		</article>
	);
}
