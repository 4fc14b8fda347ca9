import type { FileRow } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { api } from '../../api/client.ts';
import { dropFile, refreshFiles } from '../../api/files.ts';
import { hasCode } from '../../api/problem.ts';
import { useRemoval } from '../../api/removals.ts';
import { saveFile } from '../../api/save-file.ts';
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

	const remove = useRemoval(userId, 'file', {
		remove: (id) => api.files.delete(id),
		onRemoved: (id) => dropFile(userId, id),
		onFailure: (error) => tellFailure(`${file.name} was not deleted.`, error),
	});

	return { save, remove };
}
