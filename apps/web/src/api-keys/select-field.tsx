import { useId } from 'react';
import styles from './api-keys-page.module.css';

/** A choice of one of a few values. */
export function SelectField({
	label,
	name,
	options,
}: {
	label: string;
	name: string;
	options: readonly { value: number; text: string }[];
}) {
	const id = useId();
	return (
		<div className={styles.field}>
			<label htmlFor={id}>{label}</label>
			<select id={id} name={name} className={styles.select}>
				{options.map(({ value, text }) => (
					<option key={value} value={value}>
						{text}
					</option>
				))}
			</select>
		</div>
	);
}
