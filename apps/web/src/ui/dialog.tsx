import { X } from 'lucide-react';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { Button } from './button.tsx';
import styles from './dialog.module.css';

/** A modal dialog, open while it is rendered. The browser traps and restores the focus. */
export function Dialog({
	title,
	onClose,
	children,
}: {
	title: ReactNode;
	/** Called by the close button and Escape. */
	onClose: () => void;
	children: ReactNode;
}) {
	const dialog = useRef<HTMLDialogElement>(null);
	const titleId = useId();
	// closes before the element is removed, which would lose the focus to restore
	useLayoutEffect(() => {
		const element = dialog.current;
		element?.showModal();
		return () => element?.close();
	}, []);
	return (
		<dialog
			ref={dialog}
			className={styles.dialog}
			aria-labelledby={titleId}
			onCancel={(event) => {
				event.preventDefault();
				onClose();
			}}
		>
			<h2 id={titleId}>{title}</h2>
			{children}
			{/* last, so that the content gets the focus first */}
			<button type="button" className={styles.close} aria-label="Close" onClick={onClose}>
				<X size={20} aria-hidden="true" />
			</button>
		</dialog>
	);
}

/** Asks for confirmation before something that can't be undone. */
export function ConfirmDialog({
	title,
	text,
	confirm,
	onConfirm,
	onClose,
}: {
	title: string;
	text: string;
	/** The label of the confirming button. */
	confirm: string;
	onConfirm: () => void;
	onClose: () => void;
}) {
	return (
		<Dialog title={title} onClose={onClose}>
			<p>{text}</p>
			<div className={styles.ways}>
				<Button
					variant="danger"
					onClick={() => {
						onClose();
						onConfirm();
					}}
				>
					{confirm}
				</Button>
				<Button onClick={onClose}>Cancel</Button>
			</div>
		</Dialog>
	);
}
