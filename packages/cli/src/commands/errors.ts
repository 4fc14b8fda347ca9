import type { ErrorDescription } from '@creatorr/client';
import type { Command } from 'commander';
import { printJson } from '../display/print.ts';
import { formatTable } from '../display/table.ts';
import { UsageError } from '../errors.ts';
import type { Io } from '../io.ts';
import { connect } from '../session/connect.ts';
import { type CommonOptions, withCommonOptions } from './common-options.ts';

/** Adds the command that lists and explains error codes. */
export function addErrorsCommand(program: Command, io: Io): void {
	withCommonOptions(
		program
			.command('errors')
			.description('List the error codes, or explain one')
			.argument('[code]', 'Error code, such as rate_limited'),
	).action(async (code: string | undefined, options: CommonOptions) => {
		const { client } = await connect(io, options);
		const all = await client.errors({ signal: io.signal });
		const shown = code === undefined ? all : all.filter((error) => error.code === code);
		if (shown.length === 0)
			throw new UsageError(`There’s no error code ${code}. List the codes: creatorr errors`);
		if (options.json) return printJson(io, shown);
		io.stdout.write(code === undefined ? formatTable([HEAD, ...shown.map(row)]) : explain(shown));
	});
}

const HEAD = ['CODE', 'KIND', 'STATUS', 'RETRY', 'TITLE'];

function row({ code, kind, status, retryable, title }: ErrorDescription): string[] {
	return [code, kindOf(kind), status === undefined ? '' : String(status), retryable ? 'yes' : 'no', title];
}

const kindOf = (kind: ErrorDescription['kind']) => (kind === 'job' ? 'job' : 'request');

/** Explains a code. A code of requests and jobs has a block for each. */
function explain(errors: readonly ErrorDescription[]): string {
	const blocks = errors.map((error) =>
		formatTable([
			['code', error.code],
			['kind', error.status === undefined ? kindOf(error.kind) : `${kindOf(error.kind)} (${error.status})`],
			['title', error.title],
			['cause', error.cause],
			['fix', error.fix],
			['retry', error.retryable ? 'yes' : 'no'],
			['docs', error.docs_url],
		]),
	);
	return blocks.join('\n');
}
