import { FileUp } from 'lucide-react';
import { useRef } from 'react';
import { acceptAttribute } from '../../../files/media-types.ts';
import { Button } from '../../../ui/button.tsx';
import styles from './drop-zone.module.css';

/** Where files come in: dropped, pasted or chosen. The drop itself is the whole page's. */
export function DropZone({
	accepts,
	isOver,
	isCompact,
	hint,
	onFiles,
}: {
	accepts: readonly string[];
	/** Files hover over the page. */
	isOver: boolean;
	/** There are files already, which take the room. */
	isCompact: boolean;
	hint: string;
	onFiles: (files: File[]) => void;
}) {
	const input = useRef<HTMLInputElement>(null);
	return (
		<div className={styles.zone} data-over={isOver || undefined} data-compact={isCompact || undefined}>
			<span className={styles.sheet} aria-hidden="true">
				<FileUp size={30} strokeWidth={1.75} />
			</span>
			<p className={styles.title}>
				{isOver ? (
					'Let go, and it starts'
				) : (
					<>
						<span className={styles.forMouse}>Drop your files anywhere here</span>
						<span className={styles.forTouch}>Choose your files</span>
					</>
				)}
			</p>
			<Button look="primary" onClick={() => input.current?.click()}>
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
					// so that the same file can be chosen once more
					currentTarget.value = '';
				}}
			/>
			<p className={styles.hint}>{hint}</p>
		</div>
	);
}
