import { useEffect } from 'react';
import { useLocation, useNavigate } from 'react-router';

/**
 * The token of a mail's link. It leaves the address bar at once, where it could be seen or copied by mistake, and stays
 * with this entry of the tab's history, so that a reload keeps it.
 */
export function useMailedToken(): string | undefined {
	const { hash, pathname, state } = useLocation();
	const navigate = useNavigate();
	const brought = new URLSearchParams(hash.slice(1)).get('token') ?? undefined;
	useEffect(() => {
		if (brought) void navigate(pathname, { replace: true, state: { token: brought } });
	}, [brought, navigate, pathname]);
	return brought ?? (state as { token?: string } | null)?.token;
}
