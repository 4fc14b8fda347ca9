import { useEffect, useId, useRef } from 'react';
import { Button } from '../../../ui/button.tsx';
import styles from './secrets-form.module.css';

/** Asks for passwords where they are needed; they go on to one work, and nowhere else. */
export function SecretsForm({
	inputs,
	submit,
	takesFocus = false,
	onSecrets,
}: {
	inputs: readonly { name: string; label: string }[];
	submit: string;
	/** The person has just been told that it was wrong: they go on here, unless they are somewhere else by now. */
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
			<Button type="submit" look="primary" small>
				{submit}
			</Button>
		</form>
	);
}
