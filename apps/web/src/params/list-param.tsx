import { X } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import type { ListField } from './fields.ts';
import { describedBy, ParamFrame, type ParamProps } from './param-frame.tsx';
import styles from './params.module.css';

/** An ordered list of options. */
export function ListParam({ field, value, error, onChange }: ParamProps<ListField>) {
	const id = useId();
	const chosen = Array.isArray(value) ? value.map(String) : [];
	const isFull = chosen.length >= Math.min(field.max, field.options.length);
	const others = field.options.filter((option) => !chosen.includes(option.value));
	const [picked, setPicked] = useState('');
	const select = useRef<HTMLSelectElement>(null);
	const labelOf = (one: string) => field.options.find((option) => option.value === one)?.label ?? one;
	return (
		<ParamFrame id={id} label={field.label} help={field.help} error={error}>
			{chosen.length > 0 && (
				<ul className={styles.chosen} aria-label={`${field.label}, selected`}>
					{chosen.map((one) => (
						<li key={one}>
							{labelOf(one)}
							<button
								type="button"
								aria-label={`Remove ${labelOf(one)}`}
								onClick={() => {
									onChange(chosen.filter((other) => other !== one));
									select.current?.focus();
								}}
							>
								<X size={16} aria-hidden="true" />
							</button>
						</li>
					))}
				</ul>
			)}
			{/* with an Add button, so that moving through the select with the keyboard adds nothing */}
			<div className={styles.adding}>
				<select
					ref={select}
					id={id}
					className={styles.select}
					value={others.some((option) => option.value === picked) ? picked : ''}
					disabled={isFull}
					aria-describedby={describedBy(id, { help: field.help, error })}
					onChange={({ target }) => setPicked(target.value)}
				>
					<option value="" disabled>
						{others.length === 0 ? 'All selected' : 'Select…'}
					</option>
					{others.map((option) => (
						<option key={option.value} value={option.value}>
							{option.label}
						</option>
					))}
				</select>
				<Button
					aria-label={`Add to ${field.label}`}
					disabled={isFull || picked === ''}
					onClick={() => {
						onChange([...chosen, picked]);
						setPicked('');
						select.current?.focus();
					}}
				>
					Add
				</Button>
			</div>
		</ParamFrame>
	);
}
