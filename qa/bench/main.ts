import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BenchError, log } from './log.ts';
import { type Options, readOptions } from './options.ts';
import { describeMachine } from './report/machine.ts';
import { isMet, renderSection, type Section } from './report/section.ts';
import { removeScratchRoot } from './run/scratch.ts';

// Servers and sandboxed commands end with this process; scratch directories don't.
process.once('exit', removeScratchRoot);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

const BENCHES: Readonly<Record<string, () => Promise<{ bench: Bench }>>> = {
	tools: () => import('./tools/bench-tools.ts'),
	corpus: () => import('./resources/bench-corpus.ts'),
	load: () => import('./users/bench-load.ts'),
	neighbors: () => import('./resources/bench-neighbors.ts'),
	gateway: () => import('./gateway/bench-gateway.ts'),
	overhead: () => import('./queue/bench-overhead.ts'),
	throughput: () => import('./queue/bench-throughput.ts'),
	drain: () => import('./queue/bench-drain.ts'),
	memory: () => import('./resources/bench-memory.ts'),
	abuse: () => import('./users/bench-abuse.ts'),
	presign: () => import('./bench-presign.ts'),
};

type Bench = (options: Options) => AsyncIterable<Section>;

async function main(): Promise<void> {
	const workingDirectory = process.env.INIT_CWD ?? process.cwd();
	const options = readOptions(process.argv.slice(2), workingDirectory, Object.keys(BENCHES));
	const machine = await describeMachine();
	const load = machine.load_at_start;
	if (load > machine.cores / 2) log(`The machine is busy (load ${load.toFixed(1)}): times will be too long.`);
	const loaded = await BENCHES[options.name]?.();
	const sections: Section[] = [];
	for await (const section of loaded?.bench(options) ?? []) {
		log(renderSection(section));
		sections.push(section);
	}
	const missed = sections.flatMap(({ figures }) => figures).filter((figure) => isMet(figure) === false);
	const names = missed.map(({ name }) => name).join('; ');
	log(`\n${missed.length === 0 ? 'All targets are met.' : `Missed: ${names}.`}`);
	await save(options, machine, sections);
	process.exitCode = missed.length === 0 ? 0 : 1;
}

async function save({ name, dir, jsonPath }: Options, machine: object, sections: Section[]): Promise<void> {
	const judged = sections.map((section) => ({
		...section,
		figures: section.figures.map((figure) => ({ ...figure, is_met: isMet(figure) })),
	}));
	const report = { name, machine, dir: dir ?? 'generated', sections: judged };
	await mkdir(dirname(jsonPath), { recursive: true });
	await writeFile(jsonPath, `${JSON.stringify(report, undefined, '\t')}\n`);
	log(`Results are in ${jsonPath}.`);
}

await main().catch((error: unknown) => {
	if (!(error instanceof BenchError)) throw error;
	process.stderr.write(`${error.message}\n`);
	// Servers that the bench started would keep this process alive.
	process.exit(1);
});
