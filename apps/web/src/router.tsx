import type { ComponentType } from 'react';
import { createBrowserRouter, type RouteObject } from 'react-router';
import { HomePage } from './home/home-page.tsx';
import { PAGES, type PagePath } from './paths.ts';
import { NotFoundPage } from './shell/not-found-page.tsx';
import { PageError, ShellError } from './shell/page-error.tsx';
import { Shell } from './shell/shell.tsx';
import { Spinner } from './ui/spinner.tsx';

/** Loads the component of a page. All but the home page are separate chunks. */
const LOADERS: Record<PagePath, () => Promise<ComponentType>> = {
	'/': async () => HomePage,
	'/account': async () => (await import('./account/account-page.tsx')).AccountPage,
	'/account/api-keys': async () => (await import('./api-keys/api-keys-page.tsx')).ApiKeysPage,
	'/account/webhooks': async () => (await import('./webhooks/webhooks-page.tsx')).WebhooksPage,
	'/docs': async () => (await import('./docs/docs-page.tsx')).DocsPage,
	'/docs/errors/:code': async () => (await import('./docs/error-page.tsx')).ErrorPage,
	'/files': async () => (await import('./files/files-page.tsx')).FilesPage,
	'/forgot-password': async () => (await import('./sign-in/forgot-password-page.tsx')).ForgotPasswordPage,
	'/history': async () => (await import('./history/history-page.tsx')).HistoryPage,
	'/pricing': async () => (await import('./pricing/pricing-page.tsx')).PricingPage,
	'/privacy': async () => (await import('./legal/legal-page.tsx')).PrivacyPage,
	'/reset-password': async () => (await import('./sign-in/reset-password-page.tsx')).ResetPasswordPage,
	'/sign-in': async () => (await import('./sign-in/sign-in-page.tsx')).SignInPage,
	'/sign-up': async () => (await import('./sign-in/sign-up-page.tsx')).SignUpPage,
	'/status': async () => (await import('./status/status-page.tsx')).StatusPage,
	'/terms': async () => (await import('./legal/legal-page.tsx')).TermsPage,
	'/tools/:slug': async () => (await import('./tool-page/tool-page.tsx')).ToolPage,
	'/verify-email': async () => (await import('./sign-in/verify-email-page.tsx')).VerifyEmailPage,
};

const pages: RouteObject[] = PAGES.map((path) => ({
	path,
	lazy: async () => ({ Component: await LOADERS[path]() }),
	HydrateFallback: () => <Spinner label="Loading page" />,
}));

/** Pages are inside the shell, so that an error on a page leaves the navigation usable. */
const withinShell: RouteObject = {
	ErrorBoundary: PageError,
	children: [...pages, { path: '*', Component: NotFoundPage }],
};

export const router = createBrowserRouter([
	{ Component: Shell, ErrorBoundary: ShellError, children: [withinShell] },
]);
