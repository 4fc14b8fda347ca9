import { FileUp } from 'lucide-react';
import { useRef } from 'react';
import { Button } from '../ui/button.tsx';
import styles from './drop-zone.module.css';
import { acceptAttribute } from './media-types.ts';

/** Invites the user to drop, paste or choose files. The drop itself is handled for the whole page: see usePageDrop. */
export function DropZone({
	accepts,
	isDragging,
	isCompact,
	hint,
	onFiles,
}: {
	accepts: readonly string[];
	/** Files are being dragged over the page. */
	isDragging: boolean;
	/** Takes less space, because the page already has files. */
	isCompact: boolean;
	hint: string;
	onFiles: (files: File[]) => void;
}) {
	const input = useRef<HTMLInputElement>(null);
	return (
		<div className={styles.zone} data-over={isDragging || undefined} data-compact={isCompact || undefined}>
			<span className={styles.sheet} aria-hidden="true">
				<FileUp size={30} strokeWidth={1.75} />
			</span>
			<p className={styles.title}>
				{isDragging ? (
					'Drop to start'
				) : (
					<>
						<span className={styles.forMouse}>Drop or paste files anywhere on this page</span>
						<span className={styles.forTouch}>Add your files</span>
					</>
				)}
			</p>
			<Button variant="primary" onClick={() => input.current?.click()}>
				Choose files
			</Button>
			<input
				ref={input}
				type="file"
				multiple
				hidden
				aria-label="Files"
				accept={acceptAttribute(accepts)}
				onChange={({ currentTarget }) => {
					onFiles([...(currentTarget.files ?? [])]);
					// so that the same file can be chosen again
					currentTarget.value = '';
				}}
			/>
			<p className={styles.hint}>{hint}</p>
		</div>
	);
}
