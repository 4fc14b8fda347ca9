import type { Command } from 'commander';
import { printJson } from '../display/print.ts';
import { formatTable } from '../display/table.ts';
import type { Io } from '../io.ts';
import { connect } from '../session/connect.ts';
import { type CommonOptions, withCommonOptions } from './common-options.ts';

/** Adds the command that lists the tools. */
export function addToolsCommand(program: Command, io: Io): void {
	withCommonOptions(
		program.command('tools').description('List the tools (see creatorr <tool> --help)'),
	).action(async (options: CommonOptions) => {
		const { client } = await connect(io, options);
		const tools = await client.tools({ signal: io.signal });
		if (options.json) return printJson(io, tools);
		const rows = tools.map(({ slug, title, summary, available }) => [
			slug,
			available ? title : `${title} (temporarily unavailable)`,
			summary,
		]);
		io.stdout.write(formatTable(rows));
	});
}
