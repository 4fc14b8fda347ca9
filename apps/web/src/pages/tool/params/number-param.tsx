import { useId, useState } from 'react';
import type { NumberField } from './fields.ts';
import { describedBy, ParamFrame } from './param-frame.tsx';
import styles from './params.module.css';

export interface ParamProps<F> {
	field: F;
	value: unknown;
	error: string | undefined;
	onChange: (value: unknown) => void;
}

/** A number by slider and by hand; one that may be left to the tool has a switch for that. */
export function NumberParam({ field, value, error, onChange }: ParamProps<NumberField>) {
	const id = useId();
	const isAutomatic = value === null;
	const isSlidable = isShort(field);
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
				field.isNullable && (
					<label className={styles.automatic}>
						<input
							type="checkbox"
							checked={isAutomatic}
							aria-label={`${field.label}: automatic`}
							onChange={({ target }) => onChange(target.checked ? null : likelyStart(field))}
						/>
						Automatic
					</label>
				)
			}
		>
			<div className={styles.number} data-off={isAutomatic || undefined}>
				{isSlidable && (
					<input
						type="range"
						aria-label={`${field.label}, slider`}
						min={field.min}
						max={field.max}
						step={field.isInteger ? 1 : 'any'}
						value={typeof value === 'number' ? value : likelyStart(field)}
						disabled={isAutomatic}
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
						placeholder="auto"
						value={typeof value === 'number' && !Number.isNaN(value) ? value : ''}
						disabled={isAutomatic}
						onChange={({ target }) => onChange(target.valueAsNumber)}
					/>
				)}
			</div>
		</ParamFrame>
	);
}

/** More steps than this no hand can choose among. */
const MAX_STEPS = 10_000;

function isShort({ min, max, unit }: NumberField): boolean {
	return unit === undefined && min !== undefined && max !== undefined && max - min <= MAX_STEPS;
}

/** Where nothing says what is likely: the tool's own, or a third of the way. */
function likelyStart({ standard, min, max, isInteger, unit }: NumberField): number {
	if (typeof standard === 'number') return standard;
	if (unit === 'bytes') return 1_000_000;
	if (min === undefined || max === undefined || max - min > MAX_STEPS) return min ?? 1;
	const third = min + (max - min) / 3;
	return isInteger ? Math.round(third) : third;
}

const UNITS = { kB: 1_000, MB: 1_000_000 } as const;
type Unit = keyof typeof UNITS;

/** An amount of bytes in a unit of people. */
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
				placeholder="auto"
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
