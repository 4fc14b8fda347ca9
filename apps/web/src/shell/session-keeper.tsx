import { useEffect, useState } from 'react';
import { useLocation } from 'react-router';
import { useFreshUser } from '../api/account.ts';
import { useSession } from '../api/session.ts';
import type { ExpiredSession } from './expired-session.tsx';
import { StateBanner } from './state-banner.tsx';

/** Pages that are about signing in themselves. */
const ENTRANCES = new Set(['/sign-in', '/sign-up', '/forgot-password', '/reset-password', '/verify-email']);

/** Watches over the session on every page: keeps the user fresh, and asks who was signed out to sign in again. */
export function SessionKeeper() {
	useFreshUser();
	const state = useSession();
	const { pathname } = useLocation();
	const [isPutOff, setPutOff] = useState(false);
	const isExpired = state.kind === 'expired' && !ENTRANCES.has(pathname);
	const [Ask, setAsk] = useState<typeof ExpiredSession>();
	const wantsAsk = isExpired && !isPutOff && Ask === undefined;
	useEffect(() => {
		if (!isExpired) setPutOff(false);
	}, [isExpired]);
	useEffect(() => {
		if (!wantsAsk) return;
		import('./expired-session.tsx').then(
			(loaded) => setAsk(() => loaded.ExpiredSession),
			// then the banner is there to try it again
			() => setPutOff(true),
		);
	}, [wantsAsk]);
	return (
		<>
			<StateBanner onSignIn={isExpired && isPutOff ? () => setPutOff(false) : undefined} />
			{isExpired && !isPutOff && Ask && <Ask user={state.user} onClose={() => setPutOff(true)} />}
		</>
	);
}
