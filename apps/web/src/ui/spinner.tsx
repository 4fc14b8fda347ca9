import styles from './spinner.module.css';

/** Something is on its way. */
export function Spinner({ label }: { label: string }) {
	return (
		<p className={styles.spinner} role="status">
			<span className={styles.ring} aria-hidden="true" />
			{label}
		</p>
	);
}
