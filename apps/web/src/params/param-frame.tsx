import type { ReactNode } from 'react';
import styles from './params.module.css';

/** Props of the input of a field. */
export interface ParamProps<F> {
	field: F;
	value: unknown;
	error: string | undefined;
	onChange: (value: unknown) => void;
}

/** Returns the value of `aria-describedby`. */
export function describedBy(id: string, { help, error }: { help: string; error: string | undefined }) {
	const ids = [error && `${id}-error`, help && `${id}-help`].filter(Boolean);
	return ids.length > 0 ? ids.join(' ') : undefined;
}

/** The label, help and error around an input. */
export function ParamFrame({
	id,
	label,
	isGroup = false,
	help,
	error,
	aside,
	children,
}: {
	id: string;
	label: string;
	/** A fieldset of several inputs. */
	isGroup?: boolean;
	help: string;
	error: string | undefined;
	aside?: ReactNode;
	children: ReactNode;
}) {
	const helpAndError = (
		<>
			{error && (
				<p id={`${id}-error`} className={styles.error}>
					{error}
				</p>
			)}
			{help && (
				<p id={`${id}-help`} className={styles.help}>
					{help}
				</p>
			)}
		</>
	);
	if (isGroup) {
		return (
			<fieldset className={styles.param} aria-describedby={describedBy(id, { help, error })}>
				<legend className={styles.label}>{label}</legend>
				{children}
				{helpAndError}
			</fieldset>
		);
	}
	return (
		<div className={styles.param}>
			<div className={styles.head}>
				<label className={styles.label} htmlFor={id}>
					{label}
				</label>
				{aside}
			</div>
			{children}
			{helpAndError}
		</div>
	);
}
