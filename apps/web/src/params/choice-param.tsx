import { useId } from 'react';
import type { ChoiceField } from './fields.ts';
import { describedBy, ParamFrame, type ParamProps } from './param-frame.tsx';
import styles from './params.module.css';

/** Longer lists become a select. */
const MAX_RADIOS = 3;

/** A choice: radio buttons when there are few options, else a select. */
export function ChoiceParam(props: ParamProps<ChoiceField>) {
	const { field, value, error } = props;
	const id = useId();
	const choose = chooserOf(props);
	if (field.options.length > MAX_RADIOS) return <SelectParam {...props} />;
	return (
		<ParamFrame id={id} label={field.label} isGroup help={field.help} error={error}>
			<div className={styles.radios}>
				{field.options.map((option) => (
					<label key={option.value} className={styles.radio}>
						<input
							type="radio"
							name={id}
							checked={String(value) === option.value}
							onChange={() => choose(option.value)}
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

/** Returns the handler for an option's value. */
function chooserOf({ field, onChange }: ParamProps<ChoiceField>) {
	return (value: string) => onChange(field.isNumber ? Number(value) : value);
}

function SelectParam(props: ParamProps<ChoiceField>) {
	const { field, value, error } = props;
	const id = useId();
	const choose = chooserOf(props);
	const hint = field.options.find((option) => option.value === String(value))?.hint;
	const help = [field.help, hint].filter(Boolean).join(' ');
	return (
		<ParamFrame id={id} label={field.label} help={help} error={error}>
			<select
				id={id}
				className={styles.select}
				value={String(value)}
				aria-describedby={describedBy(id, { help, error })}
				onChange={({ target }) => choose(target.value)}
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
