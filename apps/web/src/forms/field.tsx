import { type ComponentProps, type ReactNode, useId } from 'react';
import styles from './field.module.css';

interface Props extends Omit<ComponentProps<'input'>, 'id' | 'className'> {
	label: ReactNode;
	name: string;
	hint?: ReactNode;
	error?: string | undefined;
	/** Beside the label, for example a link. */
	aside?: ReactNode;
	/** At the end of the input, inside its frame. */
	end?: ReactNode;
}

/** An input with its label, hint and error. */
export function Field({ label, hint, error, aside, end, ...input }: Props) {
	const id = useId();
	const hintId = `${id}-hint`;
	const errorId = `${id}-error`;
	return (
		<div className={styles.field}>
			<div className={styles.head}>
				<label htmlFor={id}>{label}</label>
				{aside}
			</div>
			<div className={styles.frame} data-bad={error ? '' : undefined}>
				<input
					{...input}
					id={id}
					aria-invalid={error ? true : undefined}
					aria-describedby={[error && errorId, hint && hintId].filter(Boolean).join(' ') || undefined}
				/>
				{end}
			</div>
			{error && (
				<p id={errorId} className={styles.error}>
					{error}
				</p>
			)}
			{hint && (
				<p id={hintId} className={styles.hint}>
					{hint}
				</p>
			)}
		</div>
	);
}
