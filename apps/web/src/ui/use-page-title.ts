import { useEffect } from 'react';

/** Names the page in the tab and in the history; a screen reader says it first. */
export function usePageTitle(title: string): void {
	useEffect(() => {
		document.title = title === '' ? 'creatorr' : `${title} · creatorr`;
	}, [title]);
}
