import { lazy, Suspense, useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { useFreshUser } from '../api/account.ts';
import { useSession } from '../api/session.ts';
import { StateBanner } from './state-banner.tsx';

const ExpiredSession = lazy(async () => ({
	default: (await import('./expired-session.tsx')).ExpiredSession,
}));

/** Pages that are about signing in themselves. */
const ENTRANCES = new Set(['/sign-in', '/sign-up', '/forgot-password', '/reset-password', '/verify-email']);

/** Watches over the session on every page: keeps the user fresh, and asks who was signed out to sign in again. */
export function SessionKeeper() {
	useFreshUser();
	const state = useSession();
	const { pathname } = useLocation();
	const [isPutOff, setPutOff] = useState(false);
	const isExpired = state.kind === 'expired' && !ENTRANCES.has(pathname);
	useEffect(() => {
		if (!isExpired) setPutOff(false);
	}, [isExpired]);
	return (
		<>
			<StateBanner onSignIn={isExpired && isPutOff ? () => setPutOff(false) : undefined} />
			{isExpired && !isPutOff && (
				<Suspense fallback={null}>
					<ExpiredSession user={state.user} onClose={() => setPutOff(true)} />
				</Suspense>
			)}
		</>
	);
}
