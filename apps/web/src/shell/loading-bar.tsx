import { useNavigation } from 'react-router';
import styles from './loading-bar.module.css';

/** Shows that the page one goes to is being fetched, when that takes a moment. */
export function LoadingBar() {
	const { state } = useNavigation();
	return state === 'loading' ? <div className={styles.bar} aria-hidden="true" /> : null;
}
