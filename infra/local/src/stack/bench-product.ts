import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pickConsecutivePorts } from '../backing/ports.ts';
import { loadSecrets } from '../backing/secrets.ts';
import type { Home } from '../supervisor/home.ts';
import { ownershipMark } from '../supervisor/ownership.ts';
import type { ManagedProcess, Step } from '../supervisor/process.ts';
import { backingServices } from './backing-services.ts';
import { printTrouble } from './print-event.ts';
import { appSteps } from './product.ts';
import { copyRepository } from './repository-copy.ts';
import type { Scale } from './scale.ts';
import { REPOSITORY } from './settings.ts';
import { withSupervisor } from './with-supervisor.ts';

/** What a bench wants of the product that it measures. */
export type BenchProduct = {
	scale: Scale;
	/** What runs, with all that it stands on; undefined: everything. */
	only?: readonly string[];
	/** Apps that are not started: the bench does that by itself, when it likes. */
	held: readonly string[];
	/** Variables that differ from the defaults. */
	settings?: Record<string, string>;
	/** A folder that is a tool, for a bench that brings its own; from the root of the repository. */
	extraTool?: string;
};

/** A process that the bench starts by itself. */
type HeldProcess = { name: string; command: string[]; env: Record<string, string>; readyUrl: string };

const EXTRA_TOOL = 'extra-tool';

/** A bench runs more in an hour than a person does in a day. */
const WITHOUT_COMPUTE_QUOTA = JSON.stringify({ free: { computeSecondsPerDay: 0 } });

/**
 * Runs the product with its own backing services, as far as it is wanted, and does the work meanwhile. The work gets what it
 * has to know of it, as variables.
 */
export async function withBenchProduct(
	home: Home,
	wanted: BenchProduct,
	stop: AbortSignal,
	work: (environment: Record<string, string>) => Promise<void>,
): Promise<void> {
	const external = { databases: undefined, amqpUrl: undefined, s3: undefined, stripe: undefined };
	const gatewayPort = await pickConsecutivePorts(wanted.scale.gateway);
	const settings = {
		environment: { ...process.env, PLANS: WITHOUT_COMPUTE_QUOTA, ...wanted.settings },
		gatewayPort,
		homePath: home.root,
		corsOrigins: '',
		external,
	};
	const backing = await backingServices(settings, { home, secrets: loadSecrets(home), durable: true });
	const { steps, apps } = await appSteps(settings, backing, { home, scale: wanted.scale, stop });
	const all = withExtraTool([...backing.steps, ...steps], apps, { home, folder: wanted.extraTool });
	const isHeld = ({ name }: Step) => wanted.held.some((app) => name === app || name.startsWith(`${app}-`));
	const heldFile = join(home.root, 'held.json');
	// it has keys in it
	writeFileSync(heldFile, JSON.stringify(heldProcesses(all.filter(isHeld), home)), { mode: 0o600 });
	const running = onlyWanted(all, wanted.only).filter((step) => !isHeld(step));
	await withSupervisor({ home, steps: running, apps, report: printTrouble, stop }, () =>
		work({
			CREATORR_HOME: home.root,
			BENCH_API_URL: `http://127.0.0.1:${gatewayPort}`,
			BENCH_HELD_FILE: heldFile,
			TEST_POSTGRES_ADMIN_URL: backing.postgresAdminUrl ?? '',
		}),
	);
}

function isProcess(step: Step): step is ManagedProcess {
	return step.kind === 'process';
}

function heldProcesses(steps: readonly Step[], home: Home): HeldProcess[] {
	return steps.filter(isProcess).map(({ name, command, env }) => ({
		...{ name, command, env: { ...env, ...ownershipMark(home.root) } },
		readyUrl: `http://127.0.0.1:${env.PORT}/health/ready`,
	}));
}

/** These and what they depend on. */
function onlyWanted(steps: readonly Step[], only: readonly string[] | undefined): Step[] {
	if (only === undefined) return [...steps];
	const wanted = new Set<string>();
	const want = (name: string): void => {
		if (wanted.has(name)) return;
		wanted.add(name);
		for (const other of steps.find((step) => step.name === name)?.dependsOn ?? []) want(other);
	};
	for (const name of only) want(name);
	return steps.filter(({ name }) => wanted.has(name));
}

/** The same apps out of a copy of the repository that has one tool more: a tool is a folder, and nothing else has to be said. */
function withExtraTool(
	steps: Step[],
	apps: ReadonlySet<string>,
	{ home, folder }: { home: Home; folder: string | undefined },
): Step[] {
	if (folder === undefined) return steps;
	const root = join(home.root, 'with-extra-tool');
	const copy = async (): Promise<void> => {
		copyRepository(root);
		const slug = folder.split('/').at(-1) ?? '';
		cpSync(join(REPOSITORY, folder), join(root, 'packages', 'tools', 'src', slug), { recursive: true });
	};
	const inCopy = (argument: string): string => argument.replace(join(REPOSITORY, 'apps'), join(root, 'apps'));
	const task: Step = { kind: 'task', name: EXTRA_TOOL, dependsOn: ['generated-code'], run: copy };
	return [
		task,
		...steps.map((step) =>
			isProcess(step) && apps.has(step.name)
				? { ...step, command: step.command.map(inCopy), dependsOn: [...step.dependsOn, EXTRA_TOOL] }
				: step,
		),
	];
}
