import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError, log } from './log.ts';
import { createProgram, type Options } from './options.ts';
import { describeMachine } from './report/machine.ts';
import { isMet, printSection, type Section } from './report/section.ts';
import { removeScratchRoot } from './run/scratch.ts';

// Servers and sandboxed commands end with this process; scratch directories don't.
process.once('exit', removeScratchRoot);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

type Bench = (options: Options) => AsyncIterable<Section>;

const program = createProgram(async (name, path, options) => {
	const machine = await describeMachine();
	const atStart = machine.load_at_start;
	if (atStart > machine.cores / 2)
		log(`The machine is busy (load ${atStart.toFixed(1)}): times will be too long.`);
	const { bench }: { bench: Bench } = await import(path);
	const sections: Section[] = [];
	for await (const section of bench(options)) {
		printSection(section);
		sections.push(section);
	}
	const missed = sections.flatMap(({ figures }) => figures).filter((figure) => isMet(figure) === false);
	const names = missed.map((figure) => figure.name).join('; ');
	log(`\n${missed.length === 0 ? 'All targets are met.' : `Missed: ${names}.`}`);
	await save({ name, machine, dir: options.dir ?? 'generated', sections: sections.map(withVerdicts) });
	process.exitCode = missed.length === 0 ? 0 : 1;
});

function withVerdicts(section: Section) {
	return { ...section, figures: section.figures.map((figure) => ({ ...figure, is_met: isMet(figure) })) };
}

async function save(report: { name: string; [field: string]: unknown }): Promise<void> {
	const folder = join(import.meta.dirname, 'results');
	const path = join(folder, `${report.name}.json`);
	await mkdir(folder, { recursive: true });
	await writeFile(path, `${JSON.stringify(report, undefined, '\t')}\n`);
	log(`Results are in ${path}.`);
}

await program.parseAsync().catch((error: unknown) => {
	if (!(error instanceof BenchError)) throw error;
	process.stderr.write(`${error.message}\n`);
	// Servers that the bench started would keep this process alive.
	process.exit(1);
});
