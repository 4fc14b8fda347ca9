import { useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { isSameFile } from '../file-cache.ts';
import type { Upload } from '../upload.ts';
import { uploads } from '../uploads.ts';
import styles from './upload-row.module.css';

/** Asks for a file that was not kept over a reload. Accepts no other file, because parts of the original are already in the store. */
export function MissingFile({ upload }: { upload: Upload }) {
	const input = useRef<HTMLInputElement>(null);
	const [isOther, setOther] = useState(false);
	return (
		<div className={styles.failure}>
			<div>
				<Button small variant="primary" onClick={() => input.current?.click()}>
					Choose {upload.source.name}
				</Button>
			</div>
			<input
				ref={input}
				type="file"
				hidden
				aria-label={`Choose ${upload.source.name} again`}
				onChange={({ currentTarget }) => {
					const file = currentTarget.files?.[0];
					currentTarget.value = '';
					if (!file) return;
					setOther(!isSameFile(upload.source, file));
					if (isSameFile(upload.source, file)) uploads.command(upload.id, { type: 'file-given' }, { file });
				}}
			/>
			{isOther && (
				<p role="alert">
					This is a different file, or it has changed. Choose the original, or cancel and add the new one.
				</p>
			)}
		</div>
	);
}
