import type { Job, JobStatus, Tool } from '@creatorr/client';
import { useEffect, useRef, useState } from 'react';
import type { FileState } from '../api/file-queries.ts';
import { hasEnded } from '../api/job-queries.ts';

/** A job with its tool and files. */
export interface HistoryRow {
	job: Job;
	/** Undefined while the tools are loading or when the tool was removed. */
	tool: Tool | undefined;
	/** The name of its input or output, if one of them is known. */
	fileName: string | undefined;
	/** The file name, else the tool's title. */
	name: string;
	input: FileState;
	output: FileState | undefined;
}

function nameOf(state: FileState | undefined): string | undefined {
	return state?.kind === 'kept' ? state.file.name : state?.name;
}

export function historyRow(
	job: Job,
	tools: readonly Tool[] | undefined,
	stateOf: (fileId: string) => FileState,
): HistoryRow {
	const tool = tools?.find(({ slug }) => slug === job.tool);
	const input = stateOf(job.input_file_id);
	const output = job.output_file_id === undefined ? undefined : stateOf(job.output_file_id);
	const fileName = nameOf(input) ?? nameOf(output);
	return { job, tool, fileName, name: fileName ?? tool?.title ?? job.tool, input, output };
}

const OUTCOMES: Partial<Record<JobStatus, string>> = {
	succeeded: 'is done',
	failed: 'failed',
	canceled: 'was canceled',
};

/** Returns the announcement for screen readers: which jobs have ended since the page was opened. */
export function useJobAnnouncement(rows: readonly HistoryRow[]): string {
	const running = useRef<ReadonlySet<string>>(new Set());
	const [announcement, setAnnouncement] = useState('');
	useEffect(() => {
		const ended = rows.filter(({ job }) => hasEnded(job) && running.current.has(job.id));
		if (ended.length > 0)
			setAnnouncement(ended.map(({ job, name }) => `${name} ${OUTCOMES[job.status]}`).join(', '));
		running.current = new Set(rows.filter(({ job }) => !hasEnded(job)).map(({ job }) => job.id));
	}, [rows]);
	return announcement;
}
