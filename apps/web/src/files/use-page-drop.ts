import { useEffect, useEffectEvent, useState } from 'react';
import { toast } from '../ui/toasts.ts';
import { droppedFiles } from './dropped-files.ts';

/** Takes files that are dropped anywhere on the page, or pasted; answers whether some hover over it. */
export function usePageDrop(onFiles: (files: File[]) => void): boolean {
	const [isOver, setOver] = useState(false);
	const take = useEffectEvent((files: File[]) => {
		if (files.length > 0) onFiles(files);
	});

	useEffect(() => {
		// each element that is entered and left on the way tells of it
		let depth = 0;
		const move = (by: number) => {
			depth = Math.max(0, depth + by);
			setOver(depth > 0);
		};
		const enter = (event: DragEvent) => {
			if (hasFiles(event.dataTransfer)) move(1);
		};
		const leave = (event: DragEvent) => {
			if (hasFiles(event.dataTransfer)) move(-1);
		};
		const over = (event: DragEvent) => {
			// without it, the browser opens the file in place of the page
			if (hasFiles(event.dataTransfer)) event.preventDefault();
		};
		const drop = (event: DragEvent) => {
			if (!event.dataTransfer || !hasFiles(event.dataTransfer)) return;
			event.preventDefault();
			move(-depth);
			void droppedFiles(event.dataTransfer).then(({ files, unreadable }) => {
				if (unreadable.length > 0) toast({ text: `Can’t be read: ${unreadable.join(', ')}.`, stays: true });
				take(files);
			});
		};
		const paste = ({ clipboardData, target }: ClipboardEvent) => {
			// office programs put a picture beside the text that is meant
			if (target instanceof Element && target.closest('input, textarea, select, [contenteditable]')) return;
			if (clipboardData && clipboardData.files.length > 0) take([...clipboardData.files]);
		};
		const listening = new AbortController();
		const { signal } = listening;
		addEventListener('dragenter', enter, { signal });
		addEventListener('dragleave', leave, { signal });
		addEventListener('dragover', over, { signal });
		addEventListener('drop', drop, { signal });
		addEventListener('paste', paste, { signal });
		takers += 1;
		return () => {
			takers -= 1;
			listening.abort();
		};
	}, []);
	return isOver;
}

/** Pages that take files now. */
let takers = 0;

/** Keeps the browser from opening a file that is dropped where nothing takes it, and says where to go with it. */
export function useStrayDrops(): void {
	useEffect(() => {
		const over = (event: DragEvent) => {
			if (hasFiles(event.dataTransfer)) event.preventDefault();
		};
		const drop = (event: DragEvent) => {
			if (!hasFiles(event.dataTransfer)) return;
			event.preventDefault();
			if (takers === 0) toast({ text: 'Nothing takes files here. Go to a tool, and drop them there.' });
		};
		const listening = new AbortController();
		addEventListener('dragover', over, { signal: listening.signal });
		addEventListener('drop', drop, { signal: listening.signal });
		return () => listening.abort();
	}, []);
}

function hasFiles(data: DataTransfer | null): boolean {
	return data?.types.includes('Files') ?? false;
}
