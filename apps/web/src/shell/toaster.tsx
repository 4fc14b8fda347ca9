import { X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { Link } from 'react-router';
import { dismissToast, toastStore } from '../ui/toasts.ts';
import styles from './toaster.module.css';

/** Shows the toasts. The live region always exists, so that screen readers announce the first one too. */
export function Toaster() {
	const toasts = useSyncExternalStore(toastStore.subscribe, toastStore.get);
	return (
		<div className={styles.toaster} role="status">
			{toasts.map(({ id, text, offersPro }) => (
				<div key={id} className={styles.toast}>
					<p>
						{text}{' '}
						{offersPro && (
							<Link to="/pricing" onClick={() => dismissToast(id)}>
								See Pro
							</Link>
						)}
					</p>
					<button
						type="button"
						className={styles.close}
						aria-label="Close"
						onClick={() => {
							dismissToast(id);
							document.getElementById('main')?.focus({ preventScroll: true });
						}}
					>
						<X size={18} aria-hidden="true" />
					</button>
				</div>
			))}
		</div>
	);
}
