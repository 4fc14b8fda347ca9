import { cpSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { REPOSITORY } from '../settings/settings.ts';
import type { Home } from '../supervisor/home.ts';
import { ownershipMark } from '../supervisor/ownership.ts';
import type { ManagedProcess, Step } from '../supervisor/process.ts';
import { copyRepository } from './repository-copy.ts';
import type { Scale } from './scale.ts';
import { type ProductOptions, UNLIMITED_RATES } from './with-product.ts';

type BenchOptions = {
	scale: Scale;
	/** The processes to start, with all that they depend on; everything unless given. */
	only?: readonly string[];
	/** Apps that the benchmark starts itself, when it needs them. */
	startedByBench?: readonly string[];
	/** The folder of a tool that the benchmark adds, relative to the repository. */
	extraTool?: string;
	/** The setting PLANS; by default, users have no limits of rates and of compute. */
	plans?: object;
};

/** A benchmark runs more in an hour than a user does in a day, and sends more requests in a second than one does in a minute. */
const UNLIMITED = { free: { computeSecondsPerDay: 0, ...UNLIMITED_RATES }, pro: UNLIMITED_RATES };
const ONE_OF_EACH = { gateway: 1, 'tool-worker': 1 };
const NOOP = 'qa/bench/queue/noop';
const EXTRA_TOOL = 'extra-tool';

/** The benchmarks that measure a product of their own. */
export const BENCH_PRODUCTS: Readonly<Record<string, ProductOptions>> = {
	gateway: benchProduct({ scale: ONE_OF_EACH, only: ['auth', 'web'], startedByBench: ['gateway'] }),
	ratelimit: benchProduct({
		scale: { gateway: 4 },
		only: ['auth', 'web'],
		startedByBench: ['gateway'],
		plans: { ...UNLIMITED, free: { ...UNLIMITED.free, requestsPerMinute: 600 } },
	}),
	drain: benchProduct({ scale: ONE_OF_EACH, startedByBench: ['tool-worker'], extraTool: NOOP }),
	// with the limits that protect a product
	abuse: benchProduct({ scale: ONE_OF_EACH, plans: {} }),
	load: benchProduct({ scale: ONE_OF_EACH }),
	overhead: benchProduct({ scale: ONE_OF_EACH, extraTool: NOOP }),
	webhooks: benchProduct({
		scale: { gateway: 1, webhooks: 2 },
		only: ['webhooks', 'webhooks-2'],
		startedByBench: ['webhooks'],
	}),
};

function benchProduct(options: BenchOptions): ProductOptions {
	const { scale, only, startedByBench = [], extraTool, plans = UNLIMITED } = options;
	return {
		scale,
		settings: { PLANS: JSON.stringify(plans) },
		adapt: async (steps, { home, url }) => {
			const all = extraTool === undefined ? steps : withExtraTool(steps, home, extraTool);
			const isStartedByBench = (step: Step) => isProcess(step) && startedByBench.includes(step.app ?? '');
			const processesFile = join(home.root, 'bench-processes.json');
			// it contains keys
			writeFileSync(
				processesFile,
				JSON.stringify(describeBenchProcesses(all.filter(isStartedByBench), home)),
				{ mode: 0o600 },
			);
			return {
				steps: onlyWanted(all, only).filter((step) => !isStartedByBench(step)),
				variables: { CREATORR_HOME: home.root, BENCH_API_URL: url, BENCH_PROCESSES_FILE: processesFile },
			};
		},
	};
}

function isProcess(step: Step): step is ManagedProcess {
	return step.kind === 'process';
}

/** What the benchmark needs to start a process itself. */
function describeBenchProcesses(steps: readonly Step[], home: Home) {
	return steps.filter(isProcess).map(({ name, command, env }) => ({
		name,
		command,
		env: { ...env, ...ownershipMark(home.root) },
		readyUrl: `http://127.0.0.1:${env.PORT}/health/ready`,
	}));
}

function onlyWanted(steps: readonly Step[], only: readonly string[] | undefined): Step[] {
	if (only === undefined) return [...steps];
	const wanted = new Set<string>();
	const add = (name: string): void => {
		if (wanted.has(name)) return;
		wanted.add(name);
		for (const other of steps.find((step) => step.name === name)?.dependsOn ?? []) add(other);
	};
	for (const name of only) add(name);
	return steps.filter(({ name }) => wanted.has(name));
}

/** Returns the same steps, with apps from a copy of the repository that has one more tool: a folder, without any registration. */
function withExtraTool(steps: Step[], home: Home, folder: string): Step[] {
	const root = join(home.root, 'with-extra-tool');
	const copy = async (): Promise<void> => {
		copyRepository(root);
		const tool = join(root, 'packages', 'tools', 'src', basename(folder));
		cpSync(join(REPOSITORY, folder), tool, { recursive: true });
	};
	const inCopy = (argument: string): string => argument.replace(join(REPOSITORY, 'apps'), join(root, 'apps'));
	return [
		{ kind: 'task', name: EXTRA_TOOL, dependsOn: ['generated-code'], run: copy },
		...steps.map((step) =>
			isProcess(step) && step.app !== undefined
				? { ...step, command: step.command.map(inCopy), dependsOn: [...step.dependsOn, EXTRA_TOOL] }
				: step,
		),
	];
}
