import type { Tool } from '@creatorr/client';
import { Dialog } from '../../ui/dialog.tsx';
import { formatCount } from '../../ui/format.ts';
import styles from './tool-picker.module.css';

/** Asks which tool the files are for. */
export function ToolPicker({
	files,
	tools,
	onPick,
	onClose,
}: {
	files: readonly File[];
	/** Those that take at least one of them. */
	tools: readonly Tool[];
	onPick: (tool: Tool) => void;
	onClose: () => void;
}) {
	const what = files.length === 1 ? files[0]?.name : formatCount(files.length, 'file', 'files');
	return (
		<Dialog title={`What do you want to do with ${what}?`} onClose={onClose}>
			<ul className={styles.tools}>
				{tools.map((tool) => (
					<li key={tool.slug}>
						<button type="button" onClick={() => onPick(tool)}>
							<strong>{tool.title}</strong>
							<span>{tool.summary}</span>
						</button>
					</li>
				))}
			</ul>
		</Dialog>
	);
}
