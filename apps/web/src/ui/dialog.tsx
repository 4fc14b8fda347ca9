import { X } from 'lucide-react';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import styles from './dialog.module.css';

/** A dialog over the page, open as long as it is rendered; the browser keeps the focus in it and gives it back. */
export function Dialog({
	title,
	onClose,
	children,
}: {
	title: ReactNode;
	/** By its button, by Escape. */
	onClose: () => void;
	children: ReactNode;
}) {
	const dialog = useRef<HTMLDialogElement>(null);
	const titleId = useId();
	// before it leaves the document: only then the focus goes back to where it was
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
			{/* last, so that the focus begins with what the dialog is about */}
			<button type="button" className={styles.close} aria-label="Close" onClick={onClose}>
				<X size={20} aria-hidden="true" />
			</button>
		</dialog>
	);
}
