import type { User } from '@creatorr/client';
import type { ComponentType } from 'react';
import { Navigate, useLocation } from 'react-router';
import { withNext } from '../api/next-path.ts';
import { useUser } from '../api/session.ts';

/** A page of somebody's own: who is signed out signs in first, and it begins anew for another user. */
export function requireUser(Page: ComponentType<{ user: User }>): ComponentType {
	return function PageOfUser() {
		const user = useUser();
		const { pathname, search } = useLocation();
		if (!user) return <Navigate to={withNext('/sign-in', pathname + search)} replace />;
		return <Page key={user.id} user={user} />;
	};
}
