import { useEffect, useId, useRef } from 'react';
import { Button } from '../../ui/button.tsx';
import styles from './secrets-form.module.css';

/** Asks for the passwords of one upload. They are not stored. */
export function SecretsForm({
	inputs,
	submit,
	takesFocus = false,
	onSecrets,
}: {
	inputs: readonly { name: string; label: string }[];
	submit: string;
	/** Focuses the first input, if the focus is in this row, because the last password was wrong. */
	takesFocus?: boolean;
	onSecrets: (secrets: Record<string, string>) => void;
}) {
	const id = useId();
	const form = useRef<HTMLFormElement>(null);
	useEffect(() => {
		const isNear = form.current?.closest('li')?.contains(document.activeElement);
		if (takesFocus && isNear) form.current?.querySelector('input')?.focus();
	}, [takesFocus]);
	return (
		<form
			ref={form}
			className={styles.form}
			onSubmit={(event) => {
				event.preventDefault();
				onSecrets(Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>);
			}}
		>
			{inputs.map(({ name, label }) => (
				<div key={name} className={styles.input}>
					<label htmlFor={`${id}-${name}`}>{label}</label>
					<input
						id={`${id}-${name}`}
						name={name}
						type="password"
						autoComplete="off"
						maxLength={1024}
						required
					/>
				</div>
			))}
			<Button type="submit" variant="primary" small>
				{submit}
			</Button>
		</form>
	);
}
