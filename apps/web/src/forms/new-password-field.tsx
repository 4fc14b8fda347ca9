import { PasswordField } from './password-field.tsx';

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
	return (
		<PasswordField
			{...(label && { label })}
			{...(name && { name })}
			autoComplete="new-password"
			error={error}
			hint="8 characters or more. A few words in a row are easy to keep in mind and hard to guess."
		/>
	);
}
