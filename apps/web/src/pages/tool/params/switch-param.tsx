import { useId } from 'react';
import type { SwitchField } from './fields.ts';
import type { ParamProps } from './number-param.tsx';
import { describedBy } from './param-frame.tsx';
import styles from './params.module.css';

/** Yes or no. */
export function SwitchParam({ field, value, error, onChange }: ParamProps<SwitchField>) {
	const id = useId();
	return (
		<div className={styles.param}>
			<label className={styles.switch}>
				<input
					type="checkbox"
					role="switch"
					checked={value === true}
					aria-checked={value === true}
					aria-describedby={describedBy(id, { help: field.help, error })}
					onChange={({ target }) => onChange(target.checked)}
				/>
				<span className={styles.label}>{field.label}</span>
			</label>
			{error && (
				<p id={`${id}-error`} className={styles.error}>
					{error}
				</p>
			)}
			{field.help && (
				<p id={`${id}-help`} className={styles.help}>
					{field.help}
				</p>
			)}
		</div>
	);
}
