import { ButtonLink } from '../ui/button.tsx';
import { usePageTitle } from '../ui/use-page-title.ts';

/** The gateway answers paths that are no pages by itself: here one comes by a link within the app. */
export function NotFoundPage() {
	usePageTitle('Not found');
	return (
		<>
			<h1>There is nothing here</h1>
			<p>The address may be mistyped, or what was here is gone.</p>
			<p>
				<ButtonLink to="/">To the tools</ButtonLink>
			</p>
		</>
	);
}
