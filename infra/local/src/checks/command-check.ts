import { join, resolve } from 'node:path';
import { baseEnvironment } from '../backing/base-environment.ts';
import { buildWeb } from '../stack/generate-code.ts';
import { type ProgramResult, runProgram } from '../stack/run-program.ts';
import { REPOSITORY } from '../stack/settings.ts';
import { ownershipMark } from '../supervisor/ownership.ts';
import type { Check, Outcome } from './check.ts';

const TIMEOUT_MS = 300_000;
/** Two starts and two recoveries, on a machine that is busy with other things. */
const REHEARSAL_TIMEOUT_MS = 900_000;
const REHEARSAL = 'infra/local/src/rehearse-full-disk.ts';

/** A program whose exit code says whether all is well counts as one test. */
export function outcomeOf({ exitCode, output }: ProgramResult): Outcome {
	return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, output };
}

/** A disk fills under a product of its own, and is freed again. */
export function fullDiskCheck(homeRoot: string): Check {
	return {
		name: 'rehearsal of a full disk',
		run: async (stop) =>
			outcomeOf(
				await runProgram([process.execPath, '--no-warnings', join(REPOSITORY, REHEARSAL)], {
					env: { ...baseEnvironment(process.env), ...ownershipMark(homeRoot) },
					stop,
					timeoutMs: REHEARSAL_TIMEOUT_MS,
				}),
			),
	};
}

/** Builds what gateways serve to browsers. */
export function webBuildCheck(homeRoot: string): Check {
	return {
		name: 'build of the web app',
		run: async (stop) => {
			await buildWeb(homeRoot, stop);
			return { passed: 1, failed: 0, output: '' };
		},
	};
}

/** What can be said of the code without running it. */
export function staticChecks(homeRoot: string): Check[] {
	const command = (name: string, program: string, args: string[]): Check => ({
		name,
		run: async (stop) =>
			outcomeOf(
				await runProgram([resolve(REPOSITORY, 'node_modules', '.bin', program), ...args], {
					env: { ...baseEnvironment(process.env), ...ownershipMark(homeRoot) },
					stop,
					timeoutMs: TIMEOUT_MS,
				}),
			),
	});
	return [
		command('format', 'biome', ['format', '.']),
		command('lint', 'biome', ['check', '--formatter-enabled=false', '--error-on-warnings', '.']),
		command('boundaries', 'depcruise', [
			...['--config', '.dependency-cruiser.mjs'],
			...['apps', 'packages', 'infra', 'qa', 'scripts'],
		]),
		command('names of tools', process.execPath, ['scripts/check-tool-slugs.mjs']),
		// as one program: a package at a time, what all share would be checked over and over
		command('types', 'tsc', ['--noEmit']),
		// what also runs in browsers knows of other things
		command('types of the client', 'tsc', ['--noEmit', '--project', 'packages/client']),
		command('types of the web app', 'tsc', ['--noEmit', '--project', 'apps/web']),
		command('types of the browser tests', 'tsc', ['--noEmit', '--project', 'qa/acceptance/web']),
	];
}
