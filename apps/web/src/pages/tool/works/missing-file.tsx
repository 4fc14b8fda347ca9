import { useRef, useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { isSameFile } from '../../../works/file-keeper.ts';
import { works } from '../../../works/the-works.ts';
import type { Work } from '../../../works/work.ts';
import styles from './work-row.module.css';

/** Asks for a file that this device could not keep, and takes no other: parts of it are in the store already. */
export function MissingFile({ work }: { work: Work }) {
	const input = useRef<HTMLInputElement>(null);
	const [isOther, setOther] = useState(false);
	return (
		<div className={styles.failure}>
			<div>
				<Button small look="primary" onClick={() => input.current?.click()}>
					Choose {work.source.name}
				</Button>
			</div>
			<input
				ref={input}
				type="file"
				hidden
				aria-label={`Choose ${work.source.name} again`}
				onChange={({ currentTarget }) => {
					const file = currentTarget.files?.[0];
					currentTarget.value = '';
					if (!file) return;
					setOther(!isSameFile(work.source, file));
					if (isSameFile(work.source, file)) works.command(work.id, { type: 'file-given' }, { file });
				}}
			/>
			{isOther && (
				<p role="alert">
					This is another file, or it was changed since. Choose the one from before, or cancel this and drop
					the new one.
				</p>
			)}
		</div>
	);
}
