import type { PasswordRating } from '@creatorr/password-strength/rate-password';
import { useEffect, useState } from 'react';
import styles from './password-strength.module.css';

const WORDS: Record<PasswordRating, string> = {
	0: 'Too easy to guess. Add unrelated words.',
	1: 'Too easy to guess. Add unrelated words.',
	2: 'Fair',
	3: 'Good',
	4: 'Strong',
};

/** Nobody wants to know about half a password. */
const PAUSE_MS = 200;

/** Shows how hard a new password is to guess, by the rating that the API goes by. Fetches the dictionary when somebody types. */
export function PasswordStrength({ password, email }: { password: string; email: string }) {
	const rating = useRating(password, email);
	if (rating === undefined) return null;
	return (
		<span className={styles.strength} data-rating={rating}>
			<meter
				className={styles.meter}
				min={0}
				max={4}
				low={2}
				high={3}
				optimum={4}
				value={rating}
				aria-label="Password strength"
			/>
			<span aria-live="polite">{WORDS[rating]}</span>
		</span>
	);
}

function useRating(password: string, email: string): PasswordRating | undefined {
	const [rating, setRating] = useState<PasswordRating>();
	useEffect(() => {
		if (password === '') return setRating(undefined);
		let isCurrent = true;
		const timer = setTimeout(() => {
			import('@creatorr/password-strength/rate-password').then(
				({ ratePassword }) => isCurrent && setRating(ratePassword(password, email)),
				// without the dictionary the API still says what is wrong
				() => undefined,
			);
		}, PAUSE_MS);
		return () => {
			isCurrent = false;
			clearTimeout(timer);
		};
	}, [password, email]);
	return rating;
}
