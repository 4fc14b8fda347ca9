import { ApiError, type Job } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { api } from '../api/client.ts';
import { hasCode, toastFailure } from '../api/failure-message.ts';
import { refreshFiles } from '../api/file-queries.ts';
import { refreshJobs, removeCachedJob, updateCachedJobs } from '../api/job-queries.ts';
import { useRemoval } from '../api/optimistic-removal.ts';
import { saveFile } from '../api/save-file.ts';
import { toast } from '../ui/toasts.ts';
import { newId } from '../uploads/upload.ts';

/** Whether the API responded that it did nothing. */
function isRefusal(error: unknown): boolean {
	return error instanceof ApiError && error.status < 500;
}

/** Requests for a job. Failures are shown as toasts. */
export function useJobActions(userId: string, job: Job) {
	const save = useMutation({
		mutationFn: () => saveFile(job.output_file_id ?? ''),
		onError: (error) => {
			if (!hasCode(error, 'not_found')) return toastFailure('Couldn’t download the result.', error);
			refreshFiles(userId);
			toast({ text: 'The result has expired or was deleted.' });
		},
	});

	const cancel = useMutation({
		mutationFn: () => api.jobs.cancel(job.id),
		onSuccess: (canceled) => updateCachedJobs(userId, [canceled]),
		onError: (error) => {
			// the job had already ended
			if (hasCode(error, 'job_finished') || hasCode(error, 'not_found')) void refreshJobs(userId);
			else toastFailure('Couldn’t cancel the job.', error);
		},
	});

	const remove = useRemoval(userId, 'job', {
		remove: (id) => api.jobs.delete(id),
		onRemoved: (id) => removeCachedJob(userId, id),
		onFailure: (error) => toastFailure('Couldn’t remove the job.', error),
	});

	/** Kept while it is unknown whether the job was created, so that another click does not create a second one. */
	const lastTry = useRef<{ secrets: string; key: string }>(undefined);

	async function startAgain(secrets: Readonly<Record<string, string>> = {}): Promise<void> {
		const { tool, input_file_id } = job;
		const serialized = JSON.stringify(secrets);
		// another password makes another request, which needs another key
		if (lastTry.current?.secrets !== serialized) lastTry.current = { secrets: serialized, key: newId() };
		try {
			await api.jobs.create(
				{ tool, input_file_id, params: { ...job.params, ...secrets } },
				{ idempotencyKey: lastTry.current.key },
			);
			lastTry.current = undefined;
		} catch (error) {
			if (isRefusal(error)) lastTry.current = undefined;
			throw error;
		}
		await refreshJobs(userId);
		toast({ text: 'Running again. It’s at the top of your history.' });
	}

	const runAgain = useMutation({
		mutationFn: () => startAgain(),
		onError: (error) => {
			if (!hasCode(error, 'not_found')) return toastFailure('Couldn’t start the job.', error);
			refreshFiles(userId);
			toast({ text: 'The file has expired or was deleted. Upload it again.' });
		},
	});

	return { save, cancel, remove, runAgain, startAgain };
}
