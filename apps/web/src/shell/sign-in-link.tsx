import { useLocation } from 'react-router';
import { ButtonLink } from '../ui/button.tsx';
import { nextPath, withNext } from './next-path.ts';

/** Leads to signing in, and from there back to this page. */
export function SignInLink() {
	const { pathname, search } = useLocation();
	if (pathname === '/sign-in') return null;
	const next = nextPath(pathname + search, location.origin);
	return (
		<ButtonLink to={withNext('/sign-in', next)} look="plain" small>
			Sign in
		</ButtonLink>
	);
}
