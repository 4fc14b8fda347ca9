import styles from './method.module.css';

/** GET, POST and so on, told apart at a glance. */
export function Method({ method }: { method: string }) {
	const look = method === 'GET' ? styles.reads : method === 'DELETE' ? styles.removes : styles.writes;
	return <span className={`${styles.method} ${look}`}>{method}</span>;
}
