import type { Job, Tool } from '@creatorr/client';
import type { FileState } from '../../api/files.ts';

/** A job with all that its row tells. */
export interface HistoryRow {
	job: Job;
	/** Not known while the catalogue loads, or when the tool is there no more. */
	tool: Tool | undefined;
	/** Of its file, or of what came of it; nothing where neither is there to see, and this browser never saw them. */
	fileName: string | undefined;
	/** What the job is called: by its file, else by its tool. */
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
