import { userInfo } from 'node:os';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { isNativeError } from 'node:util/types';
import { AppError, unavailable } from '@creatorr/contracts/errors';
import { characterCount, isStorableText } from '@creatorr/contracts/text';
import { isDatabaseDown } from '../http/database-down.ts';
import { describeError } from '../logging/logger.ts';
import { formatReport } from './format-report.ts';

/** Wrong usage of a command. The message says what to enter instead. */
export class UsageError extends Error {}

/** A command failed and has changed nothing, for example because the user doesn't exist. */
export class CommandError extends Error {}

/** A command succeeded partly. Its report says what was done. */
export class PartialFailureError extends Error {
	readonly report: object;
	constructor(message: string, report: object) {
		super(message);
		this.report = report;
	}
}

const EXIT_CODES = { failed: 1, usage: 2 };
const NAME_MAX = 100;
const REASON_MAX = 500;

const OPTIONS = {
	all: { type: 'boolean' },
	by: { type: 'string' },
	force: { type: 'boolean' },
	help: { type: 'boolean' },
	json: { type: 'boolean' },
	limit: { type: 'string' },
	reason: { type: 'string' },
	'signs-in': { type: 'string' },
	until: { type: 'string' },
} as const;

/** Options of every command. */
const COMMON: readonly string[] = ['by', 'help', 'json'];

type OptionName = keyof typeof OPTIONS;
type Values = ReturnType<typeof parse>['values'];

/** The arguments of a command. */
export interface CommandLine {
	/** The arguments after the command's name. */
	positionals: string[];
	values: Values;
	/** Returns the operator's name, from `--by` or the operating system. */
	operator(): string;
	/** Returns `--reason`. Throws a UsageError without it. */
	reason(): string;
}

export interface OperatorCommand {
	/** Number of positional arguments after its name. */
	positionals: { min: number; max: number };
	/** Options of this command. Others are errors. */
	options: readonly OptionName[];
	/** Returns the report. */
	run(line: CommandLine): Promise<object>;
}

function textOf(option: string, value: string | undefined, max: number): string {
	const text = value?.trim() ?? '';
	if (text === '' || !isStorableText(text) || characterCount(text) > max)
		throw new UsageError(`${option} needs a text of 1 to ${max} characters.`);
	return text;
}

/** Returns the user name, or undefined if the process's user has none, as in some containers. */
function systemUser(): string | undefined {
	try {
		return userInfo().username;
	} catch {
		return undefined;
	}
}

function parse(args: string[]) {
	try {
		return parseArgs({ args, options: OPTIONS, allowPositionals: true });
	} catch (error) {
		throw new UsageError((error as Error).message);
	}
}

/** Returns how the operator started this program: `npm run dlq --`, which sets OPERATOR_PROGRAM, or `node apps/jobs/src/dlq.ts`. */
export function programName(): string {
	return process.env.OPERATOR_PROGRAM ?? `node ${relative('', process.argv[1] ?? '')}`;
}

/** Returns for example `1 argument` or `1 to 2 arguments`. */
function describeCount({ min, max }: OperatorCommand['positionals']): string {
	const count = min === max ? String(max || 'no') : `${min} to ${max}`;
	return `${count} ${max === 1 && min === 1 ? 'argument' : 'arguments'}`;
}

function find(
	commands: Readonly<Record<string, OperatorCommand>>,
	{ name, positionals, values }: { name: string; positionals: string[]; values: Values },
): OperatorCommand {
	const seeHelp = `See \`${programName()} --help\`.`;
	const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
	if (!command) throw new UsageError(`Unknown command: ${name}. ${seeHelp}`);
	if (positionals.length < command.positionals.min || positionals.length > command.positionals.max)
		throw new UsageError(
			`${name} takes ${describeCount(command.positionals)}, not ${positionals.length}. ${seeHelp}`,
		);
	const taken: readonly string[] = [...COMMON, ...command.options];
	const wrong = Object.keys(values).find((option) => !taken.includes(option));
	if (wrong !== undefined) throw new UsageError(`${name} has no option --${wrong}. ${seeHelp}`);
	return command;
}

/** Runs a command and returns its output. Throws an error of the classes above. */
export async function runCommand({ args, help, commands }: OperatorCommands): Promise<string> {
	const { values, positionals: all } = parse(args);
	if (values.help) return help;
	const [name = '', ...positionals] = all;
	if (name === '') throw new UsageError(help);
	const command = find(commands, { name, positionals, values });
	const report = await command.run({
		positionals,
		values,
		operator: () => textOf('--by', values.by ?? systemUser(), NAME_MAX),
		reason: () => textOf('--reason', values.reason, REASON_MAX),
	});
	return render(report, values);
}

function render(report: object, { json }: Values): string {
	return json ? `${JSON.stringify(report, null, '\t')}\n` : formatReport(report);
}

/**
 * Returns the last line of the innermost error: outer errors only say that something failed, and Prisma's messages begin with the call. For a
 * host with several addresses, Node throws an AggregateError without a message. An error without a message is named by its code.
 */
function innermostMessage(error: Error): string {
	const inner = 'errors' in error && Array.isArray(error.errors) ? error.errors[0] : error.cause;
	if (isNativeError(inner)) return innermostMessage(inner);
	const line = error.message.trim().split('\n').at(-1) ?? '';
	const [, message = line] = /^Raw query failed\..* Message: `(.+)`$/.exec(line) ?? [];
	return message.replace(/\.$/, '') || ('code' in error ? String(error.code) : error.name);
}

/** Returns what to print: one line for errors that an operator can fix, all details for a bug. */
export function formatError(error: unknown): string {
	const isExpected = [UsageError, CommandError, PartialFailureError].some((known) => error instanceof known);
	if (isExpected) return (error as Error).message;
	const isUnavailable = error instanceof AppError && error.code === 'upstream_unavailable';
	if (isUnavailable || isDatabaseDown(error)) {
		const { message } = isUnavailable ? error : unavailable('Postgres');
		return `${message} Cause: ${innermostMessage(error as Error)}. If it lasts, see docs/runbooks/many-failures.md.`;
	}
	return JSON.stringify(describeError(error));
}

interface OperatorCommands {
	args: string[];
	help: string;
	commands: Readonly<Record<string, OperatorCommand>>;
}

/**
 * Runs a command and prints its report as text or JSON. Exit codes: 0 success, 1 failure or partial success, 2 wrong usage.
 */
export async function runOperatorCommand(commands: OperatorCommands): Promise<void> {
	try {
		process.stdout.write(await runCommand(commands));
	} catch (error) {
		if (error instanceof PartialFailureError)
			process.stdout.write(render(error.report, parse(commands.args).values));
		process.stderr.write(`${formatError(error).trimEnd()}\n`);
		process.exitCode = error instanceof UsageError ? EXIT_CODES.usage : EXIT_CODES.failed;
	}
}
