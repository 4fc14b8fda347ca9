import type { ComponentType } from 'react';
import { createBrowserRouter, type RouteObject } from 'react-router';
import { HomePage } from './pages/home/home-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { PAGES, type PagePath } from './paths.ts';
import { PageError, ShellError } from './shell/page-error.tsx';
import { Shell } from './shell/shell.tsx';
import { Spinner } from './ui/spinner.tsx';

/** What shows a page. All but the first are fetched when somebody goes there. */
const LOADERS: Record<PagePath, () => Promise<ComponentType>> = {
	'/': async () => HomePage,
	'/account': async () => (await import('./pages/account/account-page.tsx')).AccountPage,
	'/docs': async () => (await import('./pages/docs/docs-page.tsx')).DocsPage,
	'/files': async () => (await import('./pages/files/files-page.tsx')).FilesPage,
	'/forgot-password': async () =>
		(await import('./pages/forgot-password/forgot-password-page.tsx')).ForgotPasswordPage,
	'/history': async () => (await import('./pages/history/history-page.tsx')).HistoryPage,
	'/reset-password': async () =>
		(await import('./pages/reset-password/reset-password-page.tsx')).ResetPasswordPage,
	'/sign-in': async () => (await import('./pages/sign-in/sign-in-page.tsx')).SignInPage,
	'/sign-up': async () => (await import('./pages/sign-up/sign-up-page.tsx')).SignUpPage,
	'/tools/:slug': async () => (await import('./pages/tool/tool-page.tsx')).ToolPage,
	'/verify-email': async () => (await import('./pages/verify-email/verify-email-page.tsx')).VerifyEmailPage,
};

const pages: RouteObject[] = PAGES.map((path) => ({
	path,
	lazy: async () => ({ Component: await LOADERS[path]() }),
	HydrateFallback: () => <Spinner label="Loading the page" />,
}));

/** Within the shell, so that what goes wrong on a page leaves the ways to the others. */
const withinShell: RouteObject = {
	ErrorBoundary: PageError,
	children: [...pages, { path: '*', Component: NotFoundPage }],
};

export const router = createBrowserRouter([
	{ Component: Shell, ErrorBoundary: ShellError, children: [withinShell] },
]);
