import { Button } from './button.tsx';
import styles from './confirm-dialog.module.css';
import { Dialog } from './dialog.tsx';

/** Asks before something that can't be undone. */
export function ConfirmDialog({
	title,
	text,
	confirm,
	onConfirm,
	onClose,
}: {
	title: string;
	text: string;
	/** What the button that does it says. */
	confirm: string;
	onConfirm: () => void;
	onClose: () => void;
}) {
	return (
		<Dialog title={title} onClose={onClose}>
			<p>{text}</p>
			<div className={styles.ways}>
				<Button
					look="danger"
					onClick={() => {
						onClose();
						onConfirm();
					}}
				>
					{confirm}
				</Button>
				<Button onClick={onClose}>Keep it</Button>
			</div>
		</Dialog>
	);
}
