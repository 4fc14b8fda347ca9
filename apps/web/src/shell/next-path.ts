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

/** Where to go after signing in: `next`, if it is a page of this app and makes sense then; else the start page. */
export function nextPath(next: string | null, origin: string): string {
	if (!next?.startsWith('/') || !URL.canParse(next, origin)) return START;
	const url = new URL(next, origin);
	const isPage = PAGES.some((path) => matchPath(path, url.pathname) !== null);
	if (url.origin !== origin || !isPage || NEVER_NEXT.has(url.pathname)) return START;
	return url.pathname + url.search + url.hash;
}

/** The path of a page that comes back to `next`. */
export function withNext(path: '/sign-in' | '/sign-up', next: string): string {
	return next === START ? path : `${path}?${new URLSearchParams({ next })}`;
}
