import type { Tool } from '@creatorr/client';
import { useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { handOver } from '../../files/hand-over.ts';
import { takesType } from '../../files/refusals.ts';
import { usePageDrop } from '../../files/use-page-drop.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import styles from './home-drop.module.css';
import { ToolPicker } from './tool-picker.tsx';

/** Takes files anywhere on the home page, and leads them to a tool: the only one that takes them, or the one that is picked. */
export function HomeDrop({ tools }: { tools: readonly Tool[] }) {
	const navigate = useNavigate();
	const input = useRef<HTMLInputElement>(null);
	const [files, setFiles] = useState<readonly File[]>([]);
	const [nobodyTakes, setNobodyTakes] = useState<string>();
	const takers = tools.filter((tool) => files.some((file) => takesType(tool, file)));

	function goTo(tool: Tool, given: readonly File[]): void {
		handOver(tool.slug, given);
		void navigate(`/tools/${tool.slug}`);
	}

	function take(given: File[]): void {
		const able = tools.filter((tool) => given.some((file) => takesType(tool, file)));
		const [only] = able;
		setNobodyTakes(able.length === 0 ? (given[0]?.name ?? '') : undefined);
		if (only && able.length === 1) goTo(only, given);
		else setFiles(able.length > 1 ? given : []);
	}

	const isOver = usePageDrop(take);
	return (
		<>
			<div className={styles.choose}>
				<Button look="primary" onClick={() => input.current?.click()}>
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
					take([...(currentTarget.files ?? [])]);
					currentTarget.value = '';
				}}
			/>
			{nobodyTakes !== undefined && (
				<Notice
					kind="bad"
					title={`No tool takes ${nobodyTakes}`}
					action={
						<Button small look="quiet" onClick={() => setNobodyTakes(undefined)}>
							Dismiss
						</Button>
					}
				>
					Below, each tool says what it is for.
				</Notice>
			)}
			{isOver && <div className={styles.veil}>Let go, and pick a tool</div>}
			{files.length > 0 && (
				<ToolPicker
					files={files}
					tools={takers}
					onPick={(tool) => goTo(tool, files)}
					onClose={() => setFiles([])}
				/>
			)}
		</>
	);
}
