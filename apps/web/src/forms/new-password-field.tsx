import { useState } from 'react';
import { PasswordField } from './password-field.tsx';
import { PasswordStrength } from './password-strength.tsx';

/** The email of the account, where the form has it, as a field or for the password manager. */
function emailIn(form: HTMLFormElement | null): string {
	const field = form?.elements.namedItem('email') ?? form?.elements.namedItem('username');
	return field instanceof HTMLInputElement ? field.value : '';
}

/** A password that is chosen now; the API has the last word on it. */
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
