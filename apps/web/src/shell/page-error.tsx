import { useRouteError } from 'react-router';
import { Button, ButtonAnchor } from '../ui/button.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import { isChunkError } from './chunk-error.ts';
import styles from './page-error.module.css';

/** Replaces a page that failed to load or render. */
export function PageError() {
	const error = useRouteError();
	const { title, text } = describe(error);
	usePageTitle(title);
	return (
		<div className={styles.error}>
			<h1>{title}</h1>
			<p>{text}</p>
			<p className={styles.ways}>
				<Button variant="primary" onClick={() => location.reload()}>
					Reload the page
				</Button>
				{/* not a Link: a full page load leaves the broken state behind */}
				<ButtonAnchor href="/">To the tools</ButtonAnchor>
			</p>
		</div>
	);
}

/** The same, for an error in the shell itself. */
export function ShellError() {
	return (
		<main className={styles.alone}>
			<PageError />
		</main>
	);
}

function describe(error: unknown): { title: string; text: string } {
	if (!isChunkError(error)) {
		return {
			title: 'This page broke',
			text: 'The mistake is ours. Your files and jobs are safe: reload the page to go on.',
		};
	}
	if (!navigator.onLine) {
		return {
			title: 'You are offline',
			text: 'This page was not loaded yet. Reload it when you are back.',
		};
	}
	return {
		title: 'There is a new version of creatorr',
		text: 'This page belongs to the one before. Reload it to go on with the new one; nothing is lost.',
	};
}
