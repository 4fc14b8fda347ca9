import { formatBytes } from '@creatorr/client';
import type { Command } from 'commander';
import { printJson } from '../display/print.ts';
import { createProgressDisplay } from '../display/progress.ts';
import { formatTable } from '../display/table.ts';
import type { Io } from '../io.ts';
import { planDestination } from '../output/destination.ts';
import { saveFile } from '../output/save-file.ts';
import { connectSignedIn } from '../session/connect.ts';
import { collect, parseLimit } from './collect.ts';
import { type CommonOptions, withCommonOptions } from './common-options.ts';

/** Adds the commands for files. */
export function addFileCommands(program: Command, io: Io): void {
	withCommonOptions(program.command('files').description('List your files, newest first'))
		.option('--limit <count>', 'Maximum number to list', parseLimit, 20)
		.action(async ({ limit, ...options }: CommonOptions & { limit: number }) => {
			const { client } = await connectSignedIn(io, options);
			const files = await collect(limit, (page) => client.files.list(page, { signal: io.signal }));
			if (options.json) return printJson(io, files);
			const rows = files.map((file) => [
				file.id,
				formatBytes(file.size_bytes),
				file.status,
				file.expires_at,
				file.name,
			]);
			io.stdout.write(formatTable([['FILE', 'SIZE', 'STATUS', 'EXPIRES', 'NAME'], ...rows]));
		});

	withCommonOptions(program.command('download').description('Download a file').argument('<file id>'))
		.option(
			'-o, --out <path>',
			'Output file or directory, - for stdout (default: its name, in this directory)',
		)
		.option('-f, --force', 'Overwrite existing files')
		.action(
			async (id: string, { out, force, ...options }: CommonOptions & { out?: string; force?: boolean }) => {
				const { client } = await connectSignedIn(io, options);
				const destination = await planDestination(out, { count: 1, force: force ?? false });
				const display = createProgressDisplay(io, options.quiet ?? false);
				try {
					const saved = await saveFile(client, io, id, destination, display.line(id));
					if (saved.path === undefined) return;
					if (options.json) printJson(io, { file_id: id, output: saved.path, bytes: saved.bytes });
					else if (!options.quiet) display.print(io.stdout, `${saved.path} (${formatBytes(saved.bytes)})\n`);
				} finally {
					display.close();
				}
			},
		);
}
