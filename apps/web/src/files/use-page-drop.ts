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
		const paste = ({ clipboardData }: ClipboardEvent) => {
			if (clipboardData && clipboardData.files.length > 0) take([...clipboardData.files]);
		};
		const listening = new AbortController();
		const { signal } = listening;
		addEventListener('dragenter', enter, { signal });
		addEventListener('dragleave', leave, { signal });
		addEventListener('dragover', over, { signal });
		addEventListener('drop', drop, { signal });
		addEventListener('paste', paste, { signal });
		return () => listening.abort();
	}, []);
	return isOver;
}

function hasFiles(data: DataTransfer | null): boolean {
	return data?.types.includes('Files') ?? false;
}
