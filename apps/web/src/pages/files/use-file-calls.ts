import type { FileRow } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { hideFile, refreshFiles, saveFile } from '../../api/files.ts';
import { describeProblem, hasCode } from '../../api/problem.ts';
import { toast } from '../../ui/toasts.ts';

/** What the API is asked to do about a file; what failed is said in passing. */
export function useFileCalls(userId: string, file: FileRow) {
	const save = useMutation({
		mutationFn: () => saveFile(file.id),
		onError: (error) => {
			const isGone = hasCode(error, 'not_found');
			if (isGone) refreshFiles(userId);
			toast({ text: isGone ? `${file.name} is no longer kept.` : describeProblem(error) });
		},
	});

	const remove = useMutation({
		mutationFn: () => api.files.delete(file.id),
		onMutate: () => hideFile(userId, file.id),
		onSuccess: () => refreshFiles(userId),
		onError: (error, _, putBack) => {
			if (hasCode(error, 'not_found')) return;
			putBack?.();
			toast({ text: `${file.name} was not deleted. ${describeProblem(error)}` });
		},
	});

	return { save, remove };
}
