import { ApiError, type Job } from '@creatorr/client';
import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { api } from '../../api/client.ts';
import { refreshFiles } from '../../api/files.ts';
import { dropJob, refreshJobs, showJobs } from '../../api/jobs.ts';
import { hasCode } from '../../api/problem.ts';
import { useRemoval } from '../../api/removals.ts';
import { saveFile } from '../../api/save-file.ts';
import { tellFailure } from '../../api/tell-failure.ts';
import { toast } from '../../ui/toasts.ts';
import { newId } from '../../works/new-id.ts';

/** The API answered that it did not do it. */
function isRefusal(error: unknown): boolean {
	return error instanceof ApiError && error.status < 500;
}

/** What the API is asked to do about a job; what comes of it shows in the lists, and what failed is said in passing. */
export function useJobCalls(userId: string, job: Job) {
	const save = useMutation({
		mutationFn: () => saveFile(job.output_file_id ?? ''),
		onError: (error) => {
			if (!hasCode(error, 'not_found')) return tellFailure('It can’t be downloaded.', error);
			refreshFiles(userId);
			toast({ text: 'The result is no longer kept.' });
		},
	});

	const cancel = useMutation({
		mutationFn: () => api.jobs.cancel(job.id),
		onSuccess: (canceled) => showJobs(userId, [canceled]),
		onError: (error) => {
			// it was over before, which the list shows in a moment
			if (hasCode(error, 'job_finished') || hasCode(error, 'not_found')) void refreshJobs(userId);
			else tellFailure('It was not canceled.', error);
		},
	});

	const remove = useRemoval(userId, 'job', {
		remove: (id) => api.jobs.delete(id),
		onRemoved: (id) => dropJob(userId, id),
		onFailure: (error) => tellFailure('It was not removed.', error),
	});

	/** Kept while nobody knows whether the job was made, so that another click does not make a second one. */
	const lastTry = useRef<{ secrets: string; key: string }>(undefined);

	/** With the secrets that the job had, as nobody keeps them. */
	async function startAgain(given: Readonly<Record<string, string>> = {}): Promise<void> {
		const { tool, input_file_id } = job;
		const secrets = JSON.stringify(given);
		// a key belongs to one request: with another password it is another one
		if (lastTry.current?.secrets !== secrets) lastTry.current = { secrets, key: newId() };
		try {
			await api.jobs.create(
				{ tool, input_file_id, params: { ...job.params, ...given } },
				{ idempotencyKey: lastTry.current.key },
			);
			lastTry.current = undefined;
		} catch (error) {
			if (isRefusal(error)) lastTry.current = undefined;
			throw error;
		}
		await refreshJobs(userId);
		toast({ text: 'It runs again: see the top of your history.' });
	}

	const runAgain = useMutation({
		mutationFn: () => startAgain(),
		onError: (error) => {
			if (!hasCode(error, 'not_found')) return tellFailure('It was not started.', error);
			refreshFiles(userId);
			toast({ text: 'The file is no longer kept. Upload it once more.' });
		},
	});

	return { save, cancel, remove, runAgain, startAgain };
}
