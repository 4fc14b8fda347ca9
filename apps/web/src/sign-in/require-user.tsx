import type { User } from '@creatorr/client';
import { type ComponentType, useState } from 'react';
import { Navigate, useLocation } from 'react-router';
import { useUser } from '../api/session.ts';
import { withNext } from './next-path.ts';

/**
 * Wraps a page that needs a user: visitors sign in first, users who sign out on it go home, and a change of user
 * remounts it.
 */
export function requireUser(Page: ComponentType<{ user: User }>): ComponentType {
	return function UserPage() {
		const user = useUser();
		const [wasSignedIn] = useState(user !== undefined);
		const { pathname, search } = useLocation();
		if (!user) return <Navigate to={wasSignedIn ? '/' : withNext('/sign-in', pathname + search)} replace />;
		return <Page key={user.id} user={user} />;
	};
}
