import { useId } from 'react';
import styles from './api-keys-page.module.css';

/** A list of short texts, one per line. */
export function LinesField({
	label,
	name,
	lines,
	hint,
	error,
}: {
	label: string;
	name: string;
	lines: readonly string[];
	hint: string;
	error: string | undefined;
}) {
	const id = useId();
	const [hintId, errorId] = [`${id}-hint`, `${id}-error`];
	return (
		<div className={styles.field}>
			<label htmlFor={id}>{label}</label>
			<textarea
				id={id}
				name={name}
				className={styles.lines}
				rows={Math.min(6, lines.length + 2)}
				spellCheck={false}
				defaultValue={lines.join('\n')}
				aria-invalid={error ? true : undefined}
				aria-describedby={error ? `${errorId} ${hintId}` : hintId}
			/>
			{error && (
				<p id={errorId} className={styles.error}>
					{error}
				</p>
			)}
			<p id={hintId} className={styles.facts}>
				{hint}
			</p>
		</div>
	);
}
