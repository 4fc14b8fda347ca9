import type { PasswordScore } from '@creatorr/password-strength/rate-password';
import { useEffect, useState } from 'react';
import styles from './new-password-field.module.css';
import { PasswordField } from './password-field.tsx';

/** Returns the email in the form, from the email field or the hidden username field. */
function emailIn(form: HTMLFormElement | null): string {
	const field = form?.elements.namedItem('email') ?? form?.elements.namedItem('username');
	return field instanceof HTMLInputElement ? field.value : '';
}

/** An input for a new password with its strength. The API decides whether it is accepted. */
export function NewPasswordField({
	label,
	name,
	error,
}: {
	label?: string;
	name?: string;
	error: string | undefined;
}) {
	const [typed, setTyped] = useState({ password: '', email: '' });
	return (
		<PasswordField
			{...(label && { label })}
			{...(name && { name })}
			autoComplete="new-password"
			error={error}
			hint={
				<>
					8 characters or more. Several words together are easy to remember and hard to guess.
					<PasswordStrength {...typed} />
				</>
			}
			onInput={({ currentTarget: { value, form } }) => setTyped({ password: value, email: emailIn(form) })}
		/>
	);
}

const RATINGS: Record<PasswordScore, string> = {
	0: 'Too easy to guess. Add unrelated words.',
	1: 'Too easy to guess. Add unrelated words.',
	2: 'Fair',
	3: 'Good',
	4: 'Strong',
};

/** Rates the password once typing pauses. */
const TYPING_PAUSE_MS = 200;

/** Shows the strength of a new password, rated as the API does. Loads the dictionary when the user starts to type. */
function PasswordStrength({ password, email }: { password: string; email: string }) {
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
			<span aria-live="polite">{RATINGS[rating]}</span>
		</span>
	);
}

function useRating(password: string, email: string): PasswordScore | undefined {
	const [rating, setRating] = useState<PasswordScore>();
	useEffect(() => {
		if (password === '') return setRating(undefined);
		let isCurrent = true;
		const timer = setTimeout(() => {
			import('@creatorr/password-strength/rate-password').then(
				({ ratePassword }) => isCurrent && setRating(ratePassword(password, email).score),
				// without the dictionary the API still rates it
				() => undefined,
			);
		}, TYPING_PAUSE_MS);
		return () => {
			isCurrent = false;
			clearTimeout(timer);
		};
	}, [password, email]);
	return rating;
}
