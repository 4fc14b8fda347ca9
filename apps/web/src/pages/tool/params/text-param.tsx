import { useId } from 'react';
import type { SecretField, TextField } from './fields.ts';
import type { ParamProps } from './number-param.tsx';
import { describedBy, ParamFrame } from './param-frame.tsx';
import styles from './params.module.css';

/** A line of text, covered where it is secret. */
export function TextParam({ field, value, error, onChange }: ParamProps<TextField | SecretField>) {
	const id = useId();
	const isSecret = field.kind === 'secret';
	return (
		<ParamFrame id={id} label={field.label} help={field.help} error={error}>
			<input
				id={id}
				className={styles.text}
				type={isSecret ? 'password' : 'text'}
				autoComplete="off"
				spellCheck={false}
				maxLength={field.maxLength}
				value={typeof value === 'string' ? value : ''}
				aria-invalid={Boolean(error)}
				aria-describedby={describedBy(id, { help: field.help, error })}
				onChange={({ target }) => onChange(textOf(field, target.value))}
			/>
		</ParamFrame>
	);
}

/** What may be null is so when it is empty. */
function textOf(field: TextField | SecretField, typed: string): string | null {
	return typed === '' && (field.kind === 'secret' || field.isNullable) ? null : typed;
}
