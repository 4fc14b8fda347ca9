import type { FileRow } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { hideFile, refreshFiles, saveFile } from '../../api/files.ts';
import { hasCode } from '../../api/problem.ts';
import { tellFailure } from '../../api/tell-failure.ts';
import { toast } from '../../ui/toasts.ts';

/** What the API is asked to do about a file; what failed is said in passing. */
export function useFileCalls(userId: string, file: FileRow) {
	const save = useMutation({
		mutationFn: () => saveFile(file.id),
		onError: (error) => {
			if (!hasCode(error, 'not_found')) return tellFailure(`${file.name} can’t be downloaded.`, error);
			refreshFiles(userId);
			toast({ text: `${file.name} is no longer kept.` });
		},
	});

	const remove = useMutation({
		mutationFn: () => api.files.delete(file.id),
		onMutate: () => hideFile(userId, file.id),
		onSuccess: () => refreshFiles(userId),
		onError: (error, _, putBack) => {
			if (hasCode(error, 'not_found')) return;
			putBack?.();
			tellFailure(`${file.name} was not deleted.`, error);
		},
	});

	return { save, remove };
}
