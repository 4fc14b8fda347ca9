import type { Route } from '@creatorr/service/route';
import type { AskForMailDeps } from '../domain/ask-for-mail.ts';
import type { OwnerDeps } from '../domain/owner.ts';
import type { RegisterDeps } from '../domain/register-account.ts';
import type { SignInDeps } from '../domain/sign-in.ts';
import type { SignOutDeps } from '../domain/sign-out.ts';
import { changePasswordRoute } from './change-password.ts';
import { controlRoutes } from './control.ts';
import { deleteMeRoute } from './delete-me.ts';
import { deleteSessionRoute } from './delete-session.ts';
import { forgotPasswordRoute } from './forgot-password.ts';
import { getAccountRoute } from './get-account.ts';
import { getMeRoute } from './get-me.ts';
import { listSessionsRoute } from './list-sessions.ts';
import { loginRoute } from './login.ts';
import { logoutRoute } from './logout.ts';
import { logoutAllRoute } from './logout-all.ts';
import { registerRoute } from './register.ts';
import { resendVerificationRoute } from './resend-verification.ts';
import { resetPasswordRoute } from './reset-password.ts';
import { verifyEmailRoute } from './verify-email.ts';

type RouteDeps = RegisterDeps &
	SignInDeps &
	SignOutDeps &
	AskForMailDeps &
	OwnerDeps &
	Parameters<typeof controlRoutes>[0];

/** What this service answers. */
export function allRoutes(deps: RouteDeps): Route[] {
	return [
		registerRoute(deps),
		loginRoute(deps),
		logoutRoute(deps),
		logoutAllRoute(deps),
		listSessionsRoute(deps),
		deleteSessionRoute(deps),
		changePasswordRoute(deps),
		forgotPasswordRoute(deps),
		resetPasswordRoute(deps),
		verifyEmailRoute(deps),
		resendVerificationRoute(deps),
		getMeRoute(deps),
		deleteMeRoute(deps),
		getAccountRoute(deps),
		// For gateways of 0.3.0 during an upgrade; newer ones call the control port.
		...controlRoutes(deps),
	];
}
