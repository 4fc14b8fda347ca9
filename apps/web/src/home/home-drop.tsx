import type { Tool } from '@creatorr/client';
import { useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { acceptsType } from '../file-drop/file-rejections.ts';
import { typeNames } from '../file-drop/media-types.ts';
import { transferFiles } from '../file-drop/transfer-files.ts';
import { usePageDrop } from '../file-drop/use-page-drop.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { firstSentence, formatCount } from '../ui/format.ts';
import { Notice } from '../ui/notice.tsx';
import styles from './home-drop.module.css';

/**
 * Accepts files on the whole home page and transfers them to a tool: the only one that accepts them, or the one that the
 * user picks.
 */
export function HomeDrop({ tools }: { tools: readonly Tool[] }) {
	const navigate = useNavigate();
	const [files, setFiles] = useState<readonly File[]>([]);
	const [unsupported, setUnsupported] = useState<readonly File[]>([]);
	const candidates = tools.filter((tool) => files.some((file) => acceptsType(tool, file)));

	function goTo(tool: Tool, added: readonly File[]): void {
		transferFiles(tool.slug, added);
		void navigate(`/tools/${tool.slug}`);
	}

	function accept(added: File[]): void {
		const accepting = tools.filter((tool) => added.some((file) => acceptsType(tool, file)));
		const [only] = accepting;
		setUnsupported(accepting.length === 0 ? added : []);
		if (only && accepting.length === 1) goTo(only, added);
		else setFiles(accepting.length > 1 ? added : []);
	}

	const isDragging = usePageDrop(accept);
	return (
		<>
			<FileChooser onFiles={accept} />
			{unsupported.length > 0 && (
				<UnsupportedNotice files={unsupported} tools={tools} onDismiss={() => setUnsupported([])} />
			)}
			{isDragging && <div className={styles.veil}>Drop, then choose a tool</div>}
			{files.length > 0 && (
				<ToolPicker
					files={files}
					tools={candidates}
					onPick={(tool) => goTo(tool, files)}
					onClose={() => setFiles([])}
				/>
			)}
		</>
	);
}

function FileChooser({ onFiles }: { onFiles: (files: File[]) => void }) {
	const input = useRef<HTMLInputElement>(null);
	return (
		<>
			<div className={styles.choose}>
				<Button variant="primary" onClick={() => input.current?.click()}>
					Choose files
				</Button>
				<span>or drop them anywhere on this page</span>
			</div>
			<input
				ref={input}
				type="file"
				multiple
				hidden
				aria-label="Files"
				onChange={({ currentTarget }) => {
					onFiles([...(currentTarget.files ?? [])]);
					currentTarget.value = '';
				}}
			/>
		</>
	);
}

function UnsupportedNotice({
	files,
	tools,
	onDismiss,
}: {
	files: readonly File[];
	tools: readonly Tool[];
	onDismiss: () => void;
}) {
	return (
		<Notice
			kind="bad"
			title={`No tool accepts ${files.length === 1 ? files[0]?.name : 'these files'}`}
			action={
				<Button small variant="quiet" onClick={onDismiss}>
					Dismiss
				</Button>
			}
		>
			creatorr works with {typeNames(tools.flatMap(({ accepts }) => accepts))} files.
		</Notice>
	);
}

/** Asks which tool to use. */
function ToolPicker({
	files,
	tools,
	onPick,
	onClose,
}: {
	files: readonly File[];
	/** Tools that accept at least one of the files. */
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
							<span>{firstSentence(tool.summary)}</span>
						</button>
					</li>
				))}
			</ul>
		</Dialog>
	);
}
