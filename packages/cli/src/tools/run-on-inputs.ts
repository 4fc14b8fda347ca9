import { describeError, errorJson, withOptionNames } from '../describe-error.ts';
import { formatChange } from '../display/bytes.ts';
import { printJson } from '../display/print.ts';
import { createProgressDisplay } from '../display/progress.ts';
import { type Input, withInputs } from '../input/open-inputs.ts';
import type { Io } from '../io.ts';
import { planDestination } from '../output/destination.ts';
import { refuseConflicts } from '../output/refuse-conflicts.ts';
import { connectSignedIn } from '../session/connect.ts';
import { ReportedError } from './reported-error.ts';
import { runOnInput } from './run-on-input.ts';
import type { RunRequest, RunSettings } from './run-request.ts';

/** The default limit of active jobs on Free (`maxActiveJobs` of `PLANS`). */
const MAX_PARALLEL_JOBS = 3;

/** Runs one job for each input, several at a time. A failed job is reported and doesn't stop the others. */
export async function runOnInputs(io: Io, request: RunRequest): Promise<void> {
	const { options } = request;
	const { client } = await connectSignedIn(io, options);
	const destination = await planDestination(options.out, {
		count: request.inputs.length,
		force: options.force ?? false,
	});
	const display = createProgressDisplay(io, options.quiet ?? false);
	try {
		await withInputs(io, request.inputs, options, async (inputs) => {
			await refuseConflicts(destination, inputs, request.tool, request.params);
			await runAll(io, { client, request, inputs, destination, display });
		});
	} finally {
		display.close();
	}
}

async function runAll(io: Io, { inputs, ...settings }: RunSettings & { inputs: Input[] }): Promise<void> {
	const { options } = settings.request;
	const results: object[] = [];
	const failures: unknown[] = [];
	const waiting = [...inputs.entries()];

	async function runNextInputs(): Promise<void> {
		for (let next = waiting.shift(); next && !io.signal.aborted; next = waiting.shift()) {
			const [index, input] = next;
			try {
				const done = await runOnInput(io, settings, input);
				results[index] = { input: input.label, output: done.path ?? null, job: done.job };
				report(io, settings, input, done);
			} catch (error) {
				failures.push(error);
				results[index] = { input: input.label, error: errorJson(error) };
				const { message } = describeError(error);
				if (!io.signal.aborted) settings.display.print(io.stderr, `${input.label}: ${message}\n`);
			}
		}
	}

	await Promise.all(Array.from({ length: Math.min(MAX_PARALLEL_JOBS, inputs.length) }, runNextInputs));
	io.signal.throwIfAborted();
	if (options.json && settings.destination.kind !== 'stdout') printJson(io, results);
	if (failures.length > 0) throw new ReportedError(failures[0]);
}

type Done = Awaited<ReturnType<typeof runOnInput>>;

function report(io: Io, { request, display }: RunSettings, input: Input, { job, path }: Done): void {
	const { json, quiet } = request.options;
	for (const warning of job.result?.warnings ?? []) {
		if (!quiet) display.print(io.stderr, `${input.label}: ${withOptionNames(warning)}\n`);
	}
	if (json || quiet || !job.result) return;
	const change = formatChange(job.result.bytes_in, job.result.bytes_out);
	if (path === undefined) display.print(io.stderr, `${input.label}  ${change}\n`);
	else display.print(io.stdout, `${input.label} → ${path}  ${change}\n`);
}
