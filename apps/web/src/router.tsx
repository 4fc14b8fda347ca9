import type { ComponentType } from 'react';
import { createBrowserRouter, type RouteObject } from 'react-router';
import { HomePage } from './pages/home/home-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { PAGES, type PagePath } from './paths.ts';
import { Shell } from './shell/shell.tsx';

/** What shows a page. All but the first are fetched when somebody goes there. */
const LOADERS: Record<PagePath, () => Promise<ComponentType>> = {
	'/': async () => HomePage,
};

const pages: RouteObject[] = PAGES.map((path) => ({
	path,
	lazy: async () => ({ Component: await LOADERS[path]() }),
}));

export const router = createBrowserRouter([
	{ Component: Shell, children: [...pages, { path: '*', Component: NotFoundPage }] },
]);
