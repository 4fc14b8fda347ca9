import { describeError } from '../describe-error.ts';
import { createBoard } from '../display/board.ts';
import { formatChange } from '../display/bytes.ts';
import { printJson } from '../display/print.ts';
import { type Input, withInputs } from '../input/open-inputs.ts';
import type { Io } from '../io.ts';
import { planDestination } from '../output/destination.ts';
import { refuseConflicts } from '../output/refuse-conflicts.ts';
import { connectSignedIn } from '../session/connect.ts';
import { ReportedError } from './reported-error.ts';
import { runOnInput } from './run-on-input.ts';
import type { RunRequest, Work } from './work.ts';

/** As many as the free plan runs at once. */
const PARALLEL = 3;

/** One job for each input, several at a time; what fails is told and keeps none of the others. */
export async function runOnInputs(io: Io, request: RunRequest): Promise<void> {
	const { inputs: given, options } = request;
	const { client } = await connectSignedIn(io, options);
	const destination = await planDestination(options.out, {
		count: given.length,
		force: options.force ?? false,
	});
	const board = createBoard(io, options.quiet ?? false);
	try {
		await withInputs(io, given, options, async (inputs) => {
			await refuseConflicts(destination, inputs, request.tool, request.params);
			await runAll(io, { client, request, inputs, destination, board });
		});
	} finally {
		board.close();
	}
}

async function runAll(io: Io, { inputs, ...work }: Work & { inputs: Input[] }): Promise<void> {
	const { options } = work.request;
	const results: object[] = [];
	const failures: unknown[] = [];
	const waiting = [...inputs.entries()];

	async function runInARow(): Promise<void> {
		for (let next = waiting.shift(); next && !io.signal.aborted; next = waiting.shift()) {
			const [index, input] = next;
			try {
				const done = await runOnInput(io, work, input);
				results[index] = { input: input.label, output: done.path ?? null, job: done.job };
				report(io, work, input, done);
			} catch (error) {
				failures.push(error);
				const { code, message } = describeError(error);
				results[index] = { input: input.label, error: { code, message } };
				if (!io.signal.aborted) work.board.print(io.stderr, `${input.label}: ${message}\n`);
			}
		}
	}

	await Promise.all(Array.from({ length: Math.min(PARALLEL, inputs.length) }, runInARow));
	io.signal.throwIfAborted();
	if (options.json && work.destination.kind !== 'stdout') printJson(io, results);
	if (failures.length > 0) throw new ReportedError(failures[0]);
}

type Done = Awaited<ReturnType<typeof runOnInput>>;

function report(io: Io, { request, board }: Work, input: Input, { job, path }: Done): void {
	const { json, quiet } = request.options;
	for (const warning of job.result?.warnings ?? []) {
		if (!quiet) board.print(io.stderr, `${input.label}: ${warning}\n`);
	}
	if (json || quiet || !job.result) return;
	const change = formatChange(job.result.bytes_in, job.result.bytes_out);
	if (path === undefined) board.print(io.stderr, `${input.label}  ${change}\n`);
	else board.print(io.stdout, `${input.label} → ${path}  ${change}\n`);
}
