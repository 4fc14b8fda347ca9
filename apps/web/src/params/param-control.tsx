import { useId } from 'react';
import { ChoiceParam } from './choice-param.tsx';
import type { Field, SecretField, SwitchField, TextField } from './fields.ts';
import { ListParam } from './list-param.tsx';
import { NumberParam } from './number-param.tsx';
import { describedBy, ParamFrame, type ParamProps } from './param-frame.tsx';
import styles from './params.module.css';

/** The input of a field, by its kind. */
export function ParamControl({ field, ...rest }: ParamProps<Field>) {
	switch (field.kind) {
		case 'number':
			return <NumberParam field={field} {...rest} />;
		case 'switch':
			return <SwitchParam field={field} {...rest} />;
		case 'choice':
			return <ChoiceParam field={field} {...rest} />;
		case 'list':
			return <ListParam field={field} {...rest} />;
		case 'text':
		case 'secret':
			return <TextParam field={field} {...rest} />;
	}
}

function SwitchParam({ field, value, error, onChange }: ParamProps<SwitchField>) {
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

/** A text input, or a password input for secrets. */
function TextParam({ field, value, error, onChange }: ParamProps<TextField | SecretField>) {
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
				placeholder={field.kind === 'text' ? field.nullLabel : undefined}
				value={typeof value === 'string' ? value : ''}
				aria-invalid={Boolean(error)}
				aria-describedby={describedBy(id, { help: field.help, error })}
				onChange={({ target }) => onChange(textOf(field, target.value))}
			/>
		</ParamFrame>
	);
}

/** Returns null for an empty nullable text. */
function textOf(field: TextField | SecretField, typed: string): string | null {
	return typed === '' && (field.kind === 'secret' || field.nullLabel !== undefined) ? null : typed;
}
