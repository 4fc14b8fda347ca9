import { type Job, type JobQuery, runningText } from '@creatorr/client';
import { type Command, Option } from 'commander';
import { withOptionNames } from '../describe-error.ts';
import { formatChange } from '../display/bytes.ts';
import { printJson } from '../display/print.ts';
import { formatTable } from '../display/table.ts';
import type { Io } from '../io.ts';
import { connectSignedIn } from '../session/connect.ts';
import { collect, parseLimit } from './collect.ts';
import { type CommonOptions, withCommonOptions } from './common-options.ts';

const STATUSES = ['queued', 'running', 'succeeded', 'failed', 'canceled'];

/** Adds the commands for jobs. */
export function addJobCommands(program: Command, io: Io): void {
	withCommonOptions(program.command('jobs').description('List your jobs, newest first'))
		.addOption(new Option('--status <status>', 'Filter by status').choices(STATUSES))
		.option('--tool <slug>', 'Filter by tool')
		.option('--limit <count>', 'Maximum number to list', parseLimit, 20)
		.action(async ({ status, tool, limit, ...options }: CommonOptions & JobsOptions) => {
			const { client } = await connectSignedIn(io, options);
			const filter = { ...(status && { status }), ...(tool !== undefined && { tool }) };
			const jobs = await collect(limit, (page) =>
				client.jobs.list({ ...filter, ...page }, { signal: io.signal }),
			);
			if (options.json) return printJson(io, jobs);
			io.stdout.write(formatTable([HEAD, ...jobs.map(row)]));
		});

	withCommonOptions(program.command('job').description('Show a job').argument('<id>')).action(
		async (id: string, options: CommonOptions) => {
			const { client } = await connectSignedIn(io, options);
			const job = await client.jobs.get(id, { signal: io.signal });
			if (options.json) printJson(io, job);
			else io.stdout.write(formatTable(describe(job)));
		},
	);

	withCommonOptions(program.command('cancel').description('Cancel a job').argument('<id>')).action(
		async (id: string, options: CommonOptions) => {
			const { client } = await connectSignedIn(io, options);
			const job = await client.jobs.cancel(id, { signal: io.signal });
			if (options.json) printJson(io, job);
			else if (!options.quiet) io.stdout.write(`Canceled ${job.id}.\n`);
		},
	);
}

interface JobsOptions {
	status?: NonNullable<JobQuery['status']>;
	tool?: string;
	limit: number;
}

const HEAD = ['JOB', 'TOOL', 'STATUS', 'CREATED', 'OUTPUT'];

function row(job: Job): string[] {
	const status = job.status === 'running' ? `running ${job.progress}%` : job.status;
	return [job.id, job.tool, status, job.created_at, job.output_file_id ?? job.error_code ?? ''];
}

function describe(job: Job): string[][] {
	const { result } = job;
	return [
		['job', job.id],
		['tool', job.tool],
		['status', job.status],
		...(job.status === 'running' ? [['progress', runningText(job)]] : []),
		['params', JSON.stringify(job.params)],
		['input', job.input_file_id],
		...(job.output_file_id ? [['output', job.output_file_id]] : []),
		...(job.error_code ? [['error', `${job.error_code}: ${withOptionNames(job.error_message ?? '')}`]] : []),
		...(job.error_docs_url ? [['docs', job.error_docs_url]] : []),
		...(result ? [['size', formatChange(result.bytes_in, result.bytes_out)]] : []),
		...(result?.warnings ?? []).map((warning) => ['warning', withOptionNames(warning)]),
		['created', job.created_at],
		...(job.finished_at ? [['finished', job.finished_at]] : []),
	];
}
