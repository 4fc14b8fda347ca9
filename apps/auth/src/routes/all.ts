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

/** What this service answers. */
export const routes = [
	registerRoute,
	loginRoute,
	logoutRoute,
	logoutAllRoute,
	listSessionsRoute,
	deleteSessionRoute,
	changePasswordRoute,
	forgotPasswordRoute,
	resetPasswordRoute,
	verifyEmailRoute,
	resendVerificationRoute,
	getMeRoute,
	deleteMeRoute,
	getAccountRoute,
	// For gateways of 0.3.0 during an upgrade; newer ones call the control port.
	...controlRoutes,
] as const;
