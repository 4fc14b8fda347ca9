import { useId } from 'react';
import type { ChoiceField } from './fields.ts';
import { describedBy, ParamFrame, type ParamProps } from './param-frame.tsx';
import styles from './params.module.css';

/** Longer lists become a select. */
const MAX_RADIOS = 3;

/** A choice: radio buttons when there are few options, else a select. */
export function ChoiceParam(props: ParamProps<ChoiceField>) {
	const { field, value, error, onChange } = props;
	const id = useId();
	if (field.options.length > MAX_RADIOS) return <SelectParam {...props} />;
	return (
		<ParamFrame id={id} label={field.label} isGroup help={field.help} error={error}>
			<div className={styles.radios}>
				{field.options.map((option) => (
					<label key={option.value} className={styles.radio}>
						<input
							type="radio"
							name={id}
							checked={value === option.value}
							onChange={() => onChange(option.value)}
						/>
						<span>
							{option.label}
							{option.hint && <span className={styles.hint}>{option.hint}</span>}
						</span>
					</label>
				))}
			</div>
		</ParamFrame>
	);
}

function SelectParam({ field, value, error, onChange }: ParamProps<ChoiceField>) {
	const id = useId();
	const hint = field.options.find((option) => option.value === value)?.hint;
	const help = [field.help, hint].filter(Boolean).join(' ');
	return (
		<ParamFrame id={id} label={field.label} help={help} error={error}>
			<select
				id={id}
				className={styles.select}
				value={String(value)}
				aria-describedby={describedBy(id, { help, error })}
				onChange={({ target }) => onChange(target.value)}
			>
				{field.options.map((option) => (
					<option key={option.value} value={option.value}>
						{option.label}
					</option>
				))}
			</select>
		</ParamFrame>
	);
}
