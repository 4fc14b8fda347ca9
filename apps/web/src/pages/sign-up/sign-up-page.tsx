import { Link, Navigate, useNavigate, useSearchParams } from 'react-router';
import { session } from '../../api/session.ts';
import { Entrance } from '../../shell/entrance.tsx';
import { nextPath, withNext } from '../../shell/next-path.ts';
import { SignUpForm } from './sign-up-form.tsx';

/** Makes an account, and leads back to where one came from. */
export function SignUpPage() {
	const [query] = useSearchParams();
	const navigate = useNavigate();
	const next = nextPath(query.get('next'), location.origin);
	if (session.token()) return <Navigate to={next} replace />;
	return (
		<Entrance
			title="Create an account"
			intro="It is free, and all it takes is an email address and a password."
			others={
				<>
					Have one already? <Link to={withNext('/sign-in', next)}>Sign in</Link>
				</>
			}
		>
			<SignUpForm onDone={() => void navigate(next, { replace: true })} />
		</Entrance>
	);
}
