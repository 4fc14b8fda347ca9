import { useEffect } from 'react';
import { useLocation, useNavigate } from 'react-router';

/**
 * Returns the token of an email link. Moves it from the address bar, where it could be copied by mistake, to the history
 * entry's state, where a reload finds it.
 */
export function useEmailLinkToken(): string | undefined {
	const { hash, pathname, state } = useLocation();
	const navigate = useNavigate();
	const hashToken = new URLSearchParams(hash.slice(1)).get('token') ?? undefined;
	useEffect(() => {
		if (hashToken) void navigate(pathname, { replace: true, state: { token: hashToken } });
	}, [hashToken, navigate, pathname]);
	return hashToken ?? (state as { token?: string } | null)?.token;
}
