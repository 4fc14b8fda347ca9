import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { benchAbuse } from './abuse/bench-abuse.ts';
import { benchCorpus } from './corpus/bench-corpus.ts';
import { benchGateway } from './gateway/bench-gateway.ts';
import { benchLoad } from './load/bench-load.ts';
import { benchMemory } from './memory/bench-memory.ts';
import { benchNeighbours } from './neighbours/bench-neighbours.ts';
import { type Options, readOptions } from './options.ts';
import { benchPresign } from './presign/bench-presign.ts';
import { benchDrain } from './queue/bench-drain.ts';
import { benchOverhead } from './queue/bench-overhead.ts';
import { benchThroughput } from './queue/bench-throughput.ts';
import { isMet, type Section } from './report/figure.ts';
import { describeMachine } from './report/machine.ts';
import { renderChart } from './report/svg.ts';
import { removeScratchRoot } from './run/scratch.ts';
import { BenchError, say } from './say.ts';
import { benchTools } from './tools/bench-tools.ts';

// Scratch directories have to be removed; commands end with this process in any case.
process.once('exit', removeScratchRoot);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

const BENCHES = {
	...{ tools: benchTools, corpus: benchCorpus, neighbours: benchNeighbours },
	load: benchLoad,
	...{ gateway: benchGateway, overhead: benchOverhead, throughput: benchThroughput },
	...{ drain: benchDrain, memory: benchMemory },
	...{ presign: benchPresign, abuse: benchAbuse },
};

async function main(): Promise<void> {
	const options = readOptions(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
	const machine = await describeMachine();
	if (machine.load_at_start > machine.cores / 2) {
		say(
			`This machine has other work (load ${machine.load_at_start.toFixed(1)}): times will be longer than they need be.`,
		);
	}
	const sections = await BENCHES[options.name](options);
	const missed = sections.flatMap(({ figures }) => figures).filter((figure) => isMet(figure) === false);
	say(
		`\n${missed.length === 0 ? 'All targets are met.' : `Missed: ${missed.map(({ name }) => name).join('; ')}.`}`,
	);
	await save(options, machine, sections);
	process.exitCode = missed.length === 0 ? 0 : 1;
}

async function save({ name, dir, jsonPath }: Options, machine: object, sections: Section[]): Promise<void> {
	const judged = sections.map(({ figures, charts: _, ...section }) => ({
		...section,
		figures: figures.map((figure) => ({ ...figure, is_met: isMet(figure) })),
	}));
	const report = { name, machine, dir: dir ?? 'made by the bench', sections: judged };
	await mkdir(dirname(jsonPath), { recursive: true });
	await writeFile(jsonPath, `${JSON.stringify(report, undefined, '\t')}\n`);
	say(`Written to ${jsonPath}.`);
	for (const [index, chart] of sections.flatMap(({ charts = [] }) => charts).entries()) {
		const svgPath = `${jsonPath.replace(/\.json$/, '')}${index === 0 ? '' : `-${index + 1}`}.svg`;
		await writeFile(svgPath, renderChart(chart));
		say(`Drawn in ${svgPath}.`);
	}
}

await main().catch((error: unknown) => {
	if (!(error instanceof BenchError)) throw error;
	process.stderr.write(`${error.message}\n`);
	// what was started for it must not keep this process
	process.exit(1);
});
