import { useDepartures } from '../../api/session.ts';
import { useTools } from '../../api/tools.ts';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import { HomeDrop } from './home-drop.tsx';
import styles from './home-page.module.css';
import { ToolCard } from './tool-card.tsx';

/** The tools, as the API lists them: a new one shows by itself. */
export function HomePage() {
	usePageTitle('');
	const departures = useDepartures();
	const { data: tools, error, refetch } = useTools();
	return (
		<>
			<section className={styles.hero}>
				<h1>Drop a file. Take home a better one.</h1>
				<p>Smaller PDFs, documents as PDFs, scans that you can search.</p>
				{tools && <HomeDrop key={departures} tools={tools} />}
			</section>
			{!tools && !error && <Spinner label="Loading the tools" />}
			{error && <ProblemNotice what="The tools can’t be loaded" error={error} onRetry={refetch} />}
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
