import type { User } from '@creatorr/client';
import { type ComponentType, useState } from 'react';
import { Navigate, useLocation } from 'react-router';
import { useUser } from '../api/session.ts';
import { withNext } from './next-path.ts';

/** A page of somebody's own: who comes signed out signs in first, who signs out on it goes home, another user begins it anew. */
export function requireUser(Page: ComponentType<{ user: User }>): ComponentType {
	return function PageOfUser() {
		const user = useUser();
		const [cameSignedIn] = useState(user !== undefined);
		const { pathname, search } = useLocation();
		if (!user) return <Navigate to={cameSignedIn ? '/' : withNext('/sign-in', pathname + search)} replace />;
		return <Page key={user.id} user={user} />;
	};
}
