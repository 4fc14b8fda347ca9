import { Link, Navigate, useNavigate, useSearchParams } from 'react-router';
import { session } from '../../api/session.ts';
import { Entrance } from '../../shell/entrance.tsx';
import { nextPath, withNext } from '../../shell/next-path.ts';
import { SignInForm } from './sign-in-form.tsx';

/** Signs in, and leads back to where one came from. */
export function SignInPage() {
	const [query] = useSearchParams();
	const navigate = useNavigate();
	const next = nextPath(query.get('next'), location.origin);
	if (session.token()) return <Navigate to={next} replace />;
	return (
		<Entrance
			title="Sign in"
			others={
				<>
					New here? <Link to={withNext('/sign-up', next)}>Create an account</Link>
				</>
			}
		>
			<SignInForm onDone={() => void navigate(next, { replace: true })} />
		</Entrance>
	);
}
