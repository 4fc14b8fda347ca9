import { matchPath } from 'react-router';
import { PAGES } from '../paths.ts';

const START = '/';
const NEVER_NEXT = new Set<string>([
	'/sign-in',
	'/sign-up',
	'/forgot-password',
	'/reset-password',
	'/verify-email',
]);

/** Returns where to go after sign-in: `next` if it is a page of this app that makes sense then, else the home page. */
export function nextPath(next: string | null, origin: string): string {
	if (!next?.startsWith('/') || !URL.canParse(next, origin)) return START;
	const url = new URL(next, origin);
	const isPage = PAGES.some((path) => matchPath(path, url.pathname) !== null);
	if (url.origin !== origin || !isPage || NEVER_NEXT.has(url.pathname)) return START;
	return url.pathname + url.search + url.hash;
}

/** Returns the path of a sign-in page that continues at `next`. */
export function withNext(path: '/sign-in' | '/sign-up', next: string): string {
	return next === START ? path : `${path}?${new URLSearchParams({ next })}`;
}
