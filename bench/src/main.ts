import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Options, readOptions } from './options.ts';
import { describeMachine } from './report/machine.ts';
import { BenchError, say } from './say.ts';
import { benchTools } from './tools/bench-tools.ts';

// Scratch directories go when the process ends in its own way only; commands end with it in any case.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

async function main(): Promise<void> {
	const options = readOptions(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
	const machine = await describeMachine();
	const sections = await benchTools(options);
	await save(options, { name: options.name, machine, dir: options.dir ?? 'made by the bench', sections });
}

async function save({ jsonPath }: Options, report: unknown): Promise<void> {
	await mkdir(dirname(jsonPath), { recursive: true });
	await writeFile(jsonPath, `${JSON.stringify(report, undefined, '\t')}\n`);
	say(`Written to ${jsonPath}.`);
}

await main().catch((error: unknown) => {
	if (!(error instanceof BenchError)) throw error;
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 1;
});
