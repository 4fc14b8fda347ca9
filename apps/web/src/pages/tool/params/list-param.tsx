import { X } from 'lucide-react';
import { useId } from 'react';
import type { ListField } from './fields.ts';
import type { ParamProps } from './number-param.tsx';
import { describedBy, ParamFrame } from './param-frame.tsx';
import styles from './params.module.css';

/** Several of what there is, in the order in which they were chosen. */
export function ListParam({ field, value, error, onChange }: ParamProps<ListField>) {
	const id = useId();
	const chosen = Array.isArray(value) ? value.map(String) : [];
	const others = field.options.filter((option) => !chosen.includes(option.value));
	const labelOf = (one: string) => field.options.find((option) => option.value === one)?.label ?? one;
	return (
		<ParamFrame id={id} label={field.label} help={field.help} error={error}>
			{chosen.length > 0 && (
				<ul className={styles.chosen} aria-label={`${field.label}, chosen`}>
					{chosen.map((one) => (
						<li key={one}>
							{labelOf(one)}
							<button
								type="button"
								aria-label={`Remove ${labelOf(one)}`}
								onClick={() => onChange(chosen.filter((other) => other !== one))}
							>
								<X size={16} aria-hidden="true" />
							</button>
						</li>
					))}
				</ul>
			)}
			<select
				id={id}
				className={styles.select}
				value=""
				disabled={others.length === 0 || chosen.length >= field.max}
				aria-describedby={describedBy(id, { help: field.help, error })}
				onChange={({ target }) => onChange([...chosen, target.value])}
			>
				<option value="" disabled>
					{others.length === 0 ? 'All are chosen' : 'Add one'}
				</option>
				{others.map((option) => (
					<option key={option.value} value={option.value}>
						{option.label}
					</option>
				))}
			</select>
		</ParamFrame>
	);
}
