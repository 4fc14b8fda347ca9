import { Eye, EyeOff } from 'lucide-react';
import { type FormEventHandler, type ReactNode, useState } from 'react';
import { Field } from './field.tsx';
import styles from './password-field.module.css';

interface Props {
	label?: string;
	name?: string;
	/** Use `off` for the password of a file. */
	autoComplete: 'current-password' | 'new-password' | 'off';
	error?: string | undefined;
	hint?: ReactNode;
	aside?: ReactNode;
	onInput?: FormEventHandler<HTMLInputElement>;
}

/** A password input with a button that shows the password. */
export function PasswordField({ label = 'Password', name = 'password', ...rest }: Props) {
	const [isShown, setShown] = useState(false);
	const Icon = isShown ? EyeOff : Eye;
	return (
		<Field
			{...rest}
			label={label}
			name={name}
			type={isShown ? 'text' : 'password'}
			autoCapitalize="none"
			autoCorrect="off"
			spellCheck={false}
			required
			end={
				<button
					type="button"
					className={styles.show}
					aria-pressed={isShown}
					aria-label={`Show ${label.toLowerCase()}`}
					onClick={() => setShown(!isShown)}
				>
					<Icon size={20} aria-hidden="true" />
				</button>
			}
		/>
	);
}

/** Tells a password manager which account the password belongs to. */
export function HiddenUsername({ email }: { email: string }) {
	return <input type="email" name="username" autoComplete="username" value={email} readOnly hidden />;
}
