import { useUser } from '../api/session.ts';
import { ButtonLink } from '../ui/button.tsx';
import { usePageTitle } from '../ui/page-title.ts';
import styles from './not-found-page.module.css';

/** Shown on every unknown path. The gateway serves the app there with status 404. */
export function NotFoundPage() {
	const user = useUser();
	usePageTitle('Page not found');
	return (
		<>
			<h1>Page not found</h1>
			<p>There’s no page at this address. Check it for typos, or continue here:</p>
			<p className={styles.ways}>
				<ButtonLink to="/" variant="primary">
					All tools
				</ButtonLink>
				{user ? (
					<ButtonLink to="/history">Your history</ButtonLink>
				) : (
					<ButtonLink to="/sign-in">Sign in</ButtonLink>
				)}
				<ButtonLink to="/docs">API docs</ButtonLink>
			</p>
		</>
	);
}
