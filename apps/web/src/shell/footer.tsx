import styles from './shell.module.css';
import { ThemeChoice } from './theme-choice.tsx';

export function Footer() {
	return (
		<footer className={styles.footer}>
			<p>Files go straight to the store, and are deleted by themselves.</p>
			<ThemeChoice />
		</footer>
	);
}
