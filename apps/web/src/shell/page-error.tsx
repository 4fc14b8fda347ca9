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
					Reload page
				</Button>
				{/* not a Link: a full page load leaves the broken state behind */}
				<ButtonAnchor href="/">Go to tools</ButtonAnchor>
			</p>
		</div>
	);
}

/** Replaces the whole page after an error in the shell itself. */
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
			title: 'Something went wrong',
			text: 'The error is on our side. Your files are safe. Reload the page to continue.',
		};
	}
	if (!navigator.onLine) {
		return {
			title: 'You’re offline',
			text: 'This page isn’t loaded yet. Reload it when you’re back online.',
		};
	}
	return {
		title: 'A new version of creatorr is available',
		text: 'Reload the page to use it. Nothing is lost.',
	};
}
