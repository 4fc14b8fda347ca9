import { useId, useState } from 'react';
import type { NumberField } from './fields.ts';
import { describedBy, ParamFrame, type ParamProps } from './param-frame.tsx';
import styles from './params.module.css';

/** A number input with a slider, and a checkbox for null if it is nullable. */
export function NumberParam({ field, value, error, onChange }: ParamProps<NumberField>) {
	const id = useId();
	const { nullLabel } = field;
	const isNull = value === null;
	const isSlidable = hasSlider(field);
	const about = {
		'aria-describedby': describedBy(id, { help: field.help, error }),
		'aria-invalid': Boolean(error),
	};
	return (
		<ParamFrame
			id={id}
			label={field.label}
			help={field.help}
			error={error}
			aside={
				nullLabel !== undefined && (
					<label className={styles.orNull}>
						<input
							type="checkbox"
							checked={isNull}
							aria-label={`${field.label}: ${nullLabel}`}
							onChange={({ target }) => onChange(target.checked ? null : startValue(field))}
						/>
						{nullLabel}
					</label>
				)
			}
		>
			<div className={styles.number} data-off={isNull || undefined}>
				{isSlidable && (
					<input
						type="range"
						aria-label={`${field.label}, slider`}
						min={field.min}
						max={field.max}
						step={field.isInteger ? 1 : 'any'}
						value={typeof value === 'number' ? value : startValue(field)}
						disabled={isNull}
						onChange={({ target }) => onChange(target.valueAsNumber)}
					/>
				)}
				{field.unit === 'bytes' ? (
					<SizeInput id={id} label={field.label} value={value} onChange={onChange} about={about} />
				) : (
					<input
						{...about}
						id={id}
						type="number"
						inputMode={field.isInteger ? 'numeric' : 'decimal'}
						min={field.min}
						max={field.max}
						step={field.isInteger ? 1 : 'any'}
						value={typeof value === 'number' && !Number.isNaN(value) ? value : ''}
						disabled={isNull}
						onChange={({ target }) => onChange(target.valueAsNumber)}
					/>
				)}
			</div>
		</ParamFrame>
	);
}

/** Longer ranges have no slider. */
const MAX_STEPS = 10_000;

function hasSlider({ min, max, unit }: NumberField): boolean {
	return unit === undefined && min !== undefined && max !== undefined && max - min <= MAX_STEPS;
}

/** Returns the value to start from when null is turned off. */
function startValue({ defaultValue, min, max, isInteger, unit }: NumberField): number {
	if (typeof defaultValue === 'number') return defaultValue;
	if (unit === 'bytes') return 1_000_000;
	if (min === undefined || max === undefined || max - min > MAX_STEPS) return min ?? 1;
	const third = min + (max - min) / 3;
	return isInteger ? Math.round(third) : third;
}

const UNITS = { kB: 1_000, MB: 1_000_000 } as const;
type Unit = keyof typeof UNITS;

/** An input for bytes in kB or MB. */
function SizeInput({
	id,
	label,
	value,
	onChange,
	about,
}: {
	id: string;
	label: string;
	value: unknown;
	onChange: (value: unknown) => void;
	about: object;
}) {
	const bytes = typeof value === 'number' ? value : Number.NaN;
	const [unit, setUnit] = useState<Unit>(bytes < UNITS.MB ? 'kB' : 'MB');
	const amount = bytes / UNITS[unit];
	return (
		<>
			<input
				{...about}
				id={id}
				type="number"
				inputMode="decimal"
				min={0}
				step="any"
				value={Number.isNaN(amount) ? '' : amount}
				disabled={value === null}
				onChange={({ target }) => onChange(Math.round(target.valueAsNumber * UNITS[unit]))}
			/>
			<select
				aria-label={`${label}, unit`}
				value={unit}
				disabled={value === null}
				onChange={({ target }) => {
					const next = target.value as Unit;
					setUnit(next);
					if (!Number.isNaN(amount)) onChange(Math.round(amount * UNITS[next]));
				}}
			>
				{Object.keys(UNITS).map((name) => (
					<option key={name}>{name}</option>
				))}
			</select>
		</>
	);
}
