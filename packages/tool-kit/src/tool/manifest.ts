import type { Plan, ToolTerms } from '@creatorr/contracts/plans';
import { z } from 'zod';
import { acceptedParams } from '../params/params.ts';
import { binariesOf, type Program, pythonModulesOf } from './programs.ts';

/** What one run of a tool may use. The sandbox and {@link runTool} enforce all of it. */
export interface ToolLimits {
	maxInputBytes: number;
	/**
	 * How long one run may take, without time spent waiting for a CPU: a base, plus a share for each MiB of input and each page that the
	 * tool has counted, at most `capMs`.
	 */
	deadline: { baseMs: number; perMiBMs: number; perPageMs?: number; capMs: number };
	/**
	 * Limit of each process's address space. The limit of all processes together is this or 1 GiB for each core (at most 8), whichever is
	 * more, and at most three quarters of the machine's memory.
	 */
	memoryBytes: number;
	/** The largest single file that a process may write. */
	maxFileBytes: number;
	/** All files of the scratch directory together; three times `maxFileBytes` by default. */
	maxScratchBytes?: number;
	/** Processes and threads of one command at once. */
	maxProcesses: number;
}

/** How long a run takes on an idle machine with two cores. */
export interface ExpectedTime {
	/** For each MiB of input; used until pages are counted, or where they don't matter. */
	perMiBMs: number;
	/** For each page that the tool works on. */
	perPageMs?: number;
}

/** Named values of some params, for users who don't want to set each of them. */
export interface Preset {
	/** Its name in the command line. */
	name: string;
	title: string;
	summary: string;
	params: Readonly<Record<string, unknown>>;
}

/** The description of a tool, for code that doesn't run the tool. */
export interface ToolManifest<P extends z.ZodType = z.ZodType> {
	/** Its name in the API, in queues and of its folder. */
	slug: string;
	title: string;
	summary: string;
	/** Media types, as {@link sniff} detects them. */
	accepts: readonly string[];
	/** A strict object whose every field has a default or is nullable with default null, and a description or titles of its values. */
	params: P;
	/** Each preset has valid params. All presets set the same params. */
	presets?: readonly Preset[];
	/**
	 * Fields that the tool adds to the result of a job, each with a description. `pages` is the page count of the input, which
	 * {@link runTool} compares with the limit of the owner's plan.
	 */
	result?: z.ZodObject;
	limits: ToolLimits;
	/** Estimates the time of a run, for the order in which jobs are dispatched. A tool without it counts as short. */
	expected?: ExpectedTime;
	/** Params whose values must be in a list that workers offer, such as their languages: the name of the list by param. */
	choices?: Readonly<Record<string, string>>;
	/** What one job may take on each plan, if that differs from what plans allow any tool. */
	planLimits?: Readonly<Record<Plan, ToolTerms>>;
	/** A shorter name of its command in the command line: `compress`. */
	cliAlias?: string;
	/** Unfinished jobs of this tool for each worker that autoscaling starts; {@link DEFAULT_JOBS_PER_WORKER} by default. */
	jobsPerWorker?: number;
	/** Families of hostile files that `npm run hostile` runs the tool on. qa/hostile defines them. */
	hostileFamilies?: readonly string[];
	/** All that the tool runs: it is installed for workers and named, with its license, in docs/licenses.md. */
	programs: readonly Program[];
	/** Executables of the programs; a worker without one of them does not offer the tool. */
	binaries: readonly string[];
	/** Python modules of the programs. A worker without one of them does not offer the tool, either. */
	pythonModules: readonly string[];
	outputName(inputName: string, params: z.output<P>): string;
	outputMimeType(params: z.output<P>): string;
}

/** A manifest as its author writes it: the rest follows from the programs. */
export type ToolDefinition<P extends z.ZodType = z.ZodType> = Omit<
	ToolManifest<P>,
	'binaries' | 'pythonModules'
>;

/** Default of `jobsPerWorker`. */
export const DEFAULT_JOBS_PER_WORKER = 4;

export type ParamsOf<M> = M extends ToolManifest<infer P> ? z.output<P> : never;

/**
 * Checks what the compiler can't: the slug, that empty params are valid, that parsing completed params changes nothing (the worker
 * parses them again), that each param has a description or titles of its values, and that presets are valid. Throws at import, so that a wrong manifest fails the first test
 * that imports it.
 */
export function defineTool<P extends z.ZodType>(definition: ToolDefinition<P>): ToolManifest<P> {
	const { programs } = definition;
	const manifest = {
		...definition,
		binaries: binariesOf(programs),
		pythonModules: pythonModulesOf(programs),
	};
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
		([, schema]) => !schema.description && !('x-enumTitles' in schema),
	);
	if (undescribed) return `params.${undescribed[0]} needs a description`;
	return findPresetProblem(manifest);
}

function findPresetProblem({ params, presets = [] }: ToolManifest): string | undefined {
	const namesOf = (preset: Preset | undefined) => Object.keys(preset?.params ?? {}).join();
	for (const preset of presets) {
		const parsed = params.safeParse(preset.params);
		if (!parsed.success) return `preset ${preset.name}: ${z.prettifyError(parsed.error)}`;
		if (namesOf(preset) !== namesOf(presets[0]))
			return `preset ${preset.name} must set the params of the first`;
	}
	return undefined;
}
