import { ChevronLeft, ChevronRight, ZoomIn, ZoomOut } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import type { PreviewDocument } from './preview-document.ts';
import styles from './preview-toolbar.module.css';
import { zoomed } from './zoom.ts';

/** What a preview shows: the page, the first being 1, and the zoom factor. */
export interface View {
	page: number;
	zoom: number;
}

/** Page navigation, zoom, and copying the text of a PDF. */
export function PreviewToolbar({
	document,
	isPdf,
	view,
	onView,
}: {
	document: PreviewDocument;
	isPdf: boolean;
	view: View;
	onView: (view: View) => void;
}) {
	const { page, zoom } = view;
	const turn = (by: number) => onView({ ...view, page: page + by });
	const scale = (direction: 1 | -1) => onView({ ...view, zoom: zoomed(zoom, direction) ?? zoom });
	return (
		// biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is sent
		<div className={styles.toolbar} role="group" aria-label="Preview">
			{document.pageCount > 1 && (
				<div className={styles.group}>
					<IconButton label="Previous page" isDisabled={page === 1} onClick={() => turn(-1)}>
						<ChevronLeft size={18} aria-hidden="true" />
					</IconButton>
					<span role="status">
						Page {page} of {document.pageCount}
					</span>
					<IconButton label="Next page" isDisabled={page === document.pageCount} onClick={() => turn(1)}>
						<ChevronRight size={18} aria-hidden="true" />
					</IconButton>
				</div>
			)}
			<div className={styles.group}>
				<IconButton label="Zoom out" isDisabled={zoomed(zoom, -1) === undefined} onClick={() => scale(-1)}>
					<ZoomOut size={18} aria-hidden="true" />
				</IconButton>
				<span role="status">{Math.round(zoom * 100)}%</span>
				<IconButton label="Zoom in" isDisabled={zoomed(zoom, 1) === undefined} onClick={() => scale(1)}>
					<ZoomIn size={18} aria-hidden="true" />
				</IconButton>
			</div>
			{isPdf && <CopyButton label="Copy text" textOf={() => document.text()} />}
		</div>
	);
}

/** A button that stays focusable when it is disabled, so that the keyboard focus isn't lost. */
function IconButton({
	label,
	isDisabled,
	onClick,
	children,
}: {
	label: string;
	isDisabled: boolean;
	onClick: () => void;
	children: ReactNode;
}) {
	return (
		<Button
			small
			variant="quiet"
			aria-label={label}
			title={label}
			aria-disabled={isDisabled}
			onClick={() => !isDisabled && onClick()}
		>
			{children}
		</Button>
	);
}
