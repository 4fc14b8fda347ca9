import { type CreatedJob, formatBytes, type Job, runningText } from '@creatorr/client';
import type { ProgressLine } from '../display/progress.ts';
import type { Input } from '../input/open-inputs.ts';
import type { Io } from '../io.ts';
import { saveFile } from '../output/save-file.ts';
import type { RunSettings } from './run-request.ts';

/** Uploads one input, runs the tool and saves the output. An interruption cancels the job and deletes an upload without a job. */
export async function runOnInput(
	io: Io,
	{ client, request, destination, display }: RunSettings,
	input: Input,
): Promise<{ job: Job; path: string | undefined }> {
	const { signal } = io;
	const line = display.line(input.label);
	let uploading: string | undefined;
	try {
		const { job, output } = await client.run({
			tool: request.tool.slug,
			params: request.params,
			source: { path: input.path },
			name: input.name,
			mimeType: input.mimeType,
			signal,
			cancelOnAbort: true,
			onCreated: (fileId) => {
				uploading = fileId;
			},
			onUpload: ({ sentBytes, totalBytes }) => {
				line.show(
					`Uploading ${formatBytes(sentBytes)} of ${formatBytes(totalBytes)}`,
					sentBytes / totalBytes,
				);
			},
			onJob: (now) => {
				uploading = undefined;
				showJob(line, now);
			},
		});
		try {
			const { path } = await saveFile(client, io, output.id, destination, line);
			return { job, path };
		} catch (error) {
			display.print(io.stderr, `The output is ready. Download it with: creatorr download ${output.id}\n`);
			throw error;
		}
	} catch (error) {
		// An upload without a job is useless. If this fails, the API deletes it within a day.
		if (uploading !== undefined) await client.files.delete(uploading).catch(() => undefined);
		throw error;
	} finally {
		line.end();
	}
}

function showJob(line: ProgressLine, job: CreatedJob & Partial<Job>): void {
	if (job.status === 'queued') line.show('Queued');
	else line.show(runningText(job, { percent: false }), job.progress / 100);
}
