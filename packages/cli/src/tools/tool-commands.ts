import type { Tool } from '@creatorr/client';
import { Command, InvalidArgumentError, Option } from 'commander';
import { BUILT_IN_COMMANDS } from '../commands/built-in-commands.ts';
import { type CommonOptions, withCommonOptions } from '../commands/common-options.ts';
import { UsageError } from '../errors.ts';
import { ALIASES } from '../generated/aliases.ts';
import type { Io } from '../io.ts';
import { askSecrets } from './ask-secrets.ts';
import { optionsOf } from './param-options.ts';
import { type ParamSchema, paramsOf } from './param-schema.ts';
import { parseParam } from './parse-param.ts';
import { runOnInputs } from './run-on-inputs.ts';

interface ToolOptions extends CommonOptions {
	out?: string;
	force?: boolean;
	name?: string;
	param?: Map<string, string>;
	preset?: string;
	[option: string]: unknown;
}

/** Adds a command for each tool under `run`, and at the top level if no other command has its name. */
export function addToolCommands(program: Command, io: Io, tools: readonly Tool[]): void {
	const run = program.command('run').description('Run a tool by its slug (same as its own command)');
	const slugs = new Set(tools.map(({ slug }) => slug));
	for (const tool of tools) {
		const shorter = Object.keys(ALIASES).filter((alias) => ALIASES[alias] === tool.slug && !slugs.has(alias));
		const names = [...new Set([...shorter, tool.slug, tool.slug.replaceAll('_', '-')])];
		run.addCommand(toolCommand(io, tool, names));
		const free = names.filter((name) => !BUILT_IN_COMMANDS.has(name));
		if (free.length > 0) program.addCommand(toolCommand(io, tool, free));
	}
}

function toolCommand(io: Io, tool: Tool, [name, ...aliases]: string[]): Command {
	const command = withCommonOptions(new Command(name))
		.aliases(aliases)
		.summary(tool.title + (tool.available ? '' : ' (temporarily unavailable)'))
		.description(`${tool.summary}\n\nAccepts ${tool.accepts.join(', ')}.`)
		.argument('<inputs...>', 'Input files, - for stdin')
		.option(
			'-o, --out <path>',
			'Output file or directory, - for stdout (default: the output’s name, in this directory)',
		)
		.option('-f, --force', 'Overwrite existing files')
		.option('--name <name>', 'Name of the input, mainly for stdin')
		.option(
			'--param <name=value>',
			'Set any param of the tool, even one without an option here',
			collectParam,
		);
	const { presets = [] } = tool;
	if (presets.length > 0) command.addOption(presetOption(presets));
	const schemas = paramsOf(tool.params);
	const paramsByAttribute = new Map<string, string>();
	const taken = new Set(command.options.map((option) => option.attributeName()));
	for (const [param, schema] of schemas) {
		const options = optionsOf(param, schema);
		// A common option takes precedence over a param of the same name, which --param sets.
		if (options.some(({ option }) => taken.has(option.attributeName()))) continue;
		for (const { option } of options) {
			command.addOption(option);
			paramsByAttribute.set(option.attributeName(), param);
		}
	}
	return command.action(async (inputs: string[], options: ToolOptions) => {
		const preset = presets.find(({ name }) => name === options.preset);
		const params = { ...preset?.params, ...givenParams(options, paramsByAttribute, schemas) };
		const complete = await askSecrets(io, params, schemas);
		await runOnInputs(io, { tool, params: complete, inputs, options });
	});
}

function givenParams(
	options: ToolOptions,
	paramsByAttribute: ReadonlyMap<string, string>,
	schemas: ReadonlyMap<string, ParamSchema>,
): Record<string, unknown> {
	const params: Record<string, unknown> = {};
	for (const [attribute, param] of paramsByAttribute) {
		if (options[attribute] !== undefined) params[param] = options[attribute];
	}
	for (const [param, text] of options.param ?? []) {
		params[param] = parseNamed(param, text, schemas.get(param));
	}
	return params;
}

/** Options of params override the preset, in any order. */
function presetOption(presets: NonNullable<Tool['presets']>): Option {
	const meanings = presets.map(({ name, summary }) => `${name}: ${summary}`).join(' ');
	return new Option('--preset <name>', meanings).choices(presets.map(({ name }) => name));
}

function parseNamed(param: string, text: string, schema: ParamSchema = {}): unknown {
	try {
		return parseParam(text, schema);
	} catch (error) {
		throw error instanceof InvalidArgumentError ? new UsageError(`${param}: ${error.message}`) : error;
	}
}

function collectParam(text: string, before: Map<string, string> = new Map()): Map<string, string> {
	const [name = '', ...value] = text.split('=');
	if (name === '' || value.length === 0) throw new InvalidArgumentError('Must be name=value.');
	return before.set(name.replaceAll('-', '_'), value.join('='));
}
