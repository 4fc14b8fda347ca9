import { cpSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Caller } from '../backing/secrets.ts';
import { REPOSITORY } from '../settings/settings.ts';
import type { Home } from '../supervisor/home.ts';
import { ownershipMark } from '../supervisor/ownership.ts';
import type { ManagedProcess, Step } from '../supervisor/process.ts';
import { copyRepository } from './repository-copy.ts';
import type { Scale } from './scale.ts';
import { type ProductOptions, UNLIMITED_RATES } from './with-product.ts';

type BenchOptions = {
	/** One of each app unless given. */
	scale?: Scale;
	/** The processes to start, with all that they depend on; everything unless given. */
	only?: readonly string[];
	/** The app that the benchmark starts itself, when it needs it. */
	startedByBench?: Caller;
	/** Whether the product has the tool {@link NOOP}, too. */
	hasNoop?: boolean;
	/** The setting PLANS; by default, users have no limits of rates and of compute. */
	plans?: object;
};

/** A benchmark runs more in an hour than a user does in a day, and sends more requests in a second than one does in a minute. */
const UNLIMITED = { free: { computeSecondsPerDay: 0, ...UNLIMITED_RATES }, pro: UNLIMITED_RATES };
/** The folder of a tool that benchmarks add. */
const NOOP = join(REPOSITORY, 'qa', 'bench', 'queue', 'noop');

/** The benchmarks that measure a product of their own. */
export const BENCH_PRODUCTS: Readonly<Record<string, ProductOptions>> = {
	gateway: benchProduct({ only: ['auth', 'web'], startedByBench: 'gateway' }),
	ratelimit: benchProduct({
		scale: { gateway: 4 },
		only: ['auth', 'web'],
		startedByBench: 'gateway',
		plans: { ...UNLIMITED, free: { ...UNLIMITED.free, requestsPerMinute: 600 } },
	}),
	drain: benchProduct({ startedByBench: 'tool-worker', hasNoop: true }),
	// with the limits that protect a product
	abuse: benchProduct({ plans: {} }),
	overhead: benchProduct({ hasNoop: true }),
	webhooks: benchProduct({
		scale: { gateway: 1, webhooks: 2 },
		only: ['webhooks', 'webhooks-2'],
		startedByBench: 'webhooks',
	}),
};

function benchProduct(options: BenchOptions): ProductOptions {
	const { scale = { gateway: 1 }, only, startedByBench, hasNoop, plans = UNLIMITED } = options;
	return {
		scale,
		settings: { PLANS: JSON.stringify(plans) },
		adapt: async (steps, home) => {
			const all = hasNoop ? withNoop(steps, home) : steps;
			const isForBench = ({ app }: ManagedProcess) => app !== undefined && app === startedByBench;
			const forBench = all.filter((step) => step.kind === 'process').filter(isForBench);
			const processesFile = join(home.root, 'bench-processes.json');
			// it contains keys
			writeFileSync(processesFile, JSON.stringify(forBench.map((one) => describe(one, home))), {
				mode: 0o600,
			});
			return {
				steps: onlyWanted(all, only).filter((step) => step.kind === 'task' || !isForBench(step)),
				variables: { BENCH_PROCESSES_FILE: processesFile },
			};
		},
	};
}

/** What the benchmark needs to start a process itself. */
function describe({ name, command, env }: ManagedProcess, home: Home) {
	const readyUrl = `http://127.0.0.1:${env.PORT}/health/ready`;
	return { name, command, env: { ...env, ...ownershipMark(home.root) }, readyUrl };
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
function withNoop(steps: Step[], home: Home): Step[] {
	const root = join(home.root, 'with-noop');
	const copy = async (): Promise<void> => {
		copyRepository(root);
		cpSync(NOOP, join(root, 'packages', 'tools', 'src', basename(NOOP)), { recursive: true });
	};
	const inCopy = (argument: string): string => argument.replace(join(REPOSITORY, 'apps'), join(root, 'apps'));
	return [
		{ kind: 'task', name: 'noop', dependsOn: ['generated-code'], run: copy },
		...steps.map((step) =>
			step.kind === 'process' && step.app !== undefined
				? { ...step, command: step.command.map(inCopy), dependsOn: [...step.dependsOn, 'noop'] }
				: step,
		),
	];
}
