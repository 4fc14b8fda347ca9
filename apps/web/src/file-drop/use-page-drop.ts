import { useEffect, useEffectEvent, useState } from 'react';
import { toast } from '../ui/toasts.ts';
import { droppedFiles } from './dropped-files.ts';

/** Accepts files that are dropped anywhere on the page, or pasted. Returns whether files are being dragged over it. */
export function usePageDrop(onFiles: (files: File[]) => void): boolean {
	const [isDragging, setDragging] = useState(false);
	const accept = useEffectEvent((files: File[]) => {
		if (files.length > 0) onFiles(files);
	});

	useEffect(() => {
		// each element under the pointer fires its own enter and leave events
		let depth = 0;
		const move = (by: number) => {
			depth = Math.max(0, depth + by);
			setDragging(depth > 0);
		};
		const enter = (event: DragEvent) => {
			if (hasFiles(event.dataTransfer)) move(1);
		};
		const leave = (event: DragEvent) => {
			if (hasFiles(event.dataTransfer)) move(-1);
		};
		const over = (event: DragEvent) => {
			// by default the browser would open the file instead of the page
			if (hasFiles(event.dataTransfer)) event.preventDefault();
		};
		const drop = (event: DragEvent) => {
			if (!event.dataTransfer || !hasFiles(event.dataTransfer)) return;
			event.preventDefault();
			move(-depth);
			void droppedFiles(event.dataTransfer).then(({ files, unreadable }) => {
				if (unreadable.length > 0) toast({ text: unreadableText(unreadable), stays: true });
				accept(files);
			});
		};
		const paste = ({ clipboardData, target }: ClipboardEvent) => {
			// office programs put a picture beside the copied text
			if (target instanceof Element && target.closest('input, textarea, select, [contenteditable]')) return;
			if (clipboardData && clipboardData.files.length > 0) accept([...clipboardData.files]);
		};
		const listeners = new AbortController();
		const { signal } = listeners;
		addEventListener('dragenter', enter, { signal });
		addEventListener('dragleave', leave, { signal });
		addEventListener('dragover', over, { signal });
		addEventListener('drop', drop, { signal });
		addEventListener('paste', paste, { signal });
		dropTargets += 1;
		return () => {
			dropTargets -= 1;
			listeners.abort();
		};
	}, []);
	return isDragging;
}

function unreadableText(names: readonly string[]): string {
	const pronoun = names.length === 1 ? 'it' : 'them';
	return `Couldn’t read ${names.join(', ')}. Check that you can open ${pronoun}, then add ${pronoun} with “Choose files”.`;
}

/** How many components on the page accept files. */
let dropTargets = 0;

/** Prevents the browser from opening a file that is dropped on a page that accepts none, and says where to drop it. */
export function useStrayDrops(): void {
	useEffect(() => {
		const over = (event: DragEvent) => {
			if (hasFiles(event.dataTransfer)) event.preventDefault();
		};
		const drop = (event: DragEvent) => {
			if (!hasFiles(event.dataTransfer)) return;
			event.preventDefault();
			if (dropTargets === 0) toast({ text: 'You can’t drop files here. Open a tool, then drop them there.' });
		};
		const listeners = new AbortController();
		addEventListener('dragover', over, { signal: listeners.signal });
		addEventListener('drop', drop, { signal: listeners.signal });
		return () => listeners.abort();
	}, []);
}

function hasFiles(data: DataTransfer | null): boolean {
	return data?.types.includes('Files') ?? false;
}
