import { CopyButton } from '../ui/copy-button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import styles from './secret-dialog.module.css';

/** Shows a signing secret, once. */
export function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
	return (
		<Dialog title="Signing secret" onClose={onClose}>
			<p>Your server verifies deliveries with this secret. Copy it now: it isn’t shown again.</p>
			<code className={styles.secret}>{secret}</code>
			<div>
				<CopyButton label="Copy secret" textOf={() => secret} />
			</div>
		</Dialog>
	);
}
