import { useTools } from '../../api/tools.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { usePageTitle } from '../../ui/use-page-title.ts';
import styles from './home-page.module.css';
import { ToolCard } from './tool-card.tsx';

/** The tools, as the API lists them: a new one shows by itself. */
export function HomePage() {
	usePageTitle('');
	const { data: tools, error, refetch } = useTools();
	return (
		<>
			<section className={styles.hero}>
				<h1>Drop a file. Take home a better one.</h1>
				<p>Smaller PDFs, documents as PDFs, scans that you can search. Pick a tool.</p>
			</section>
			{!tools && !error && <Spinner label="Loading the tools" />}
			{error && (
				<Notice
					kind="bad"
					title="The tools can’t be loaded"
					action={<Button onClick={() => void refetch()}>Try again</Button>}
				>
					{navigator.onLine ? 'Something on our side does not answer.' : 'You seem to be offline.'}
				</Notice>
			)}
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
