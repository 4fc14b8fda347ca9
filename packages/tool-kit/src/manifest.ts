import { z } from 'zod';
import { acceptedParams } from './params.ts';

/** What one run of a tool may use. All of it is enforced by the sandbox or by {@link runTool}, whatever the tool does. */
export interface ToolLimits {
	maxInputBytes: number;
	/**
	 * How long one run may take, by the clock, but for what it waits for processors that others have: a base, plus so much for each
	 * MiB of input and each page that the tool has counted, never more than the cap.
	 */
	deadline: { baseMs: number; perMiBMs: number; perPageMs?: number; capMs: number };
	/** Address space of each process. All of them together take as much real memory, or more where the machine has many cores. */
	memoryBytes: number;
	/** The largest single file that a process may write. */
	maxFileBytes: number;
	/** All files of the scratch directory together; three times the largest where absent. */
	maxScratchBytes?: number;
	/** Processes and threads of one command at once. */
	maxProcesses: number;
}

/** On an idle machine with two cores. */
export interface ExpectedTime {
	/** Of input; while nobody has counted pages, or where they don't matter. */
	perMiBMs: number;
	/** Of the pages that the tool works on. */
	perPageMs?: number;
}

/** Everything about a tool that others may know without being able to run it. */
export interface ToolManifest<P extends z.ZodType = z.ZodType> {
	/** Its name in the API, in queues and of its folder. */
	slug: string;
	title: string;
	summary: string;
	/** Media types, as {@link sniff} tells them from the bytes. */
	accepts: readonly string[];
	/** A strict object whose every field has a default or is nullable with default null, and a description. */
	params: P;
	/** Fields that the tool adds to the result of a job, each with a description; none where absent. */
	result?: z.ZodObject;
	limits: ToolLimits;
	/** How long one run takes, as a guess for the order in which jobs go. A tool without is taken for short. */
	expected?: ExpectedTime;
	/** Params whose values must be among a capability of the workers, by its name: `{ languages: 'languages' }`. */
	choices?: Readonly<Record<string, string>>;
	/** Executables that must be there for the tool to work. */
	binaries: readonly string[];
	/** Modules of the system's Python, beyond those that come with it, that must be there too. */
	pythonModules?: readonly string[];
	outputName(inputName: string, params: z.output<P>): string;
	outputMimeType(params: z.output<P>): string;
}

export type ParamsOf<M> = M extends ToolManifest<infer P> ? z.output<P> : never;

/**
 * Checks what the compiler can't: the slug, that no params at all are valid params, that parsing completed params changes
 * nothing (they are parsed again by the worker), and that every param is described. Throws at import, so a wrong manifest
 * stops the first test that touches it.
 */
export function defineTool<P extends z.ZodType>(manifest: ToolManifest<P>): ToolManifest<P> {
	const problem = findProblem(manifest);
	if (problem) throw new Error(`tool ${manifest.slug}: ${problem}`);
	return manifest;
}

function findProblem(manifest: ToolManifest): string | undefined {
	if (!/^[a-z][a-z0-9_]{0,63}$/.test(manifest.slug))
		return 'the slug must be lower-case letters, digits and _';
	const completed = manifest.params.safeParse({});
	if (!completed.success) return `{} must be valid params: ${z.prettifyError(completed.error)}`;
	const again = manifest.params.safeParse(completed.data);
	if (!again.success || JSON.stringify(again.data) !== JSON.stringify(completed.data)) {
		return 'completed params must parse to themselves';
	}
	const undescribed = Object.entries(acceptedParams(manifest.params)).find(
		([, schema]) => !schema.description,
	);
	return undescribed && `params.${undescribed[0]} needs a description`;
}
