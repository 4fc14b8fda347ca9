import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { isNativeError } from 'node:util/types';
import { AppError } from '@creatorr/contracts/errors';
import { characterCount, isStorableText } from '@creatorr/contracts/text';
import { isDatabaseAway } from '../http/database-away.ts';
import { describeError, type Logger } from '../logging/logger.ts';
import { reportText } from './report-text.ts';

/** A command was called in a wrong way; the message says what would be right. */
export class UsageError extends Error {}

/** A command could not be carried out, and nothing has changed: there is no such user, say. */
export class CommandError extends Error {}

/** A command could carry out a part of it; its report says what, and what not. */
export class PartlyDoneError extends Error {
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

/** Every command takes these. */
const COMMON: readonly string[] = ['by', 'help', 'json'];

type OptionName = keyof typeof OPTIONS;
type Values = ReturnType<typeof parse>['values'];

/** What a command was given. */
export interface CommandLine {
	/** What follows its name. */
	words: string[];
	values: Values;
	/** Who runs it, as they say themselves or as the operating system knows them. */
	operator(): string;
	/** Why. Throws a UsageError where nothing was said. */
	reason(): string;
}

export interface OperatorCommand {
	/** How many words follow its name. */
	words: { min: number; max: number };
	/** Any other that is given is an error, and not something that is ignored. */
	options: readonly OptionName[];
	/** Answers what it reports. */
	run(line: CommandLine): Promise<object>;
}

function textOf(option: string, given: string | undefined, max: number): string {
	const text = given?.trim() ?? '';
	if (text === '' || !isStorableText(text) || characterCount(text) > max)
		throw new UsageError(`${option} needs a text of 1 to ${max} characters.`);
	return text;
}

/** A process whose user has no name, as in some containers, has to be told. */
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

function find(
	commands: Readonly<Record<string, OperatorCommand>>,
	{ name, words, values }: { name: string; words: string[]; values: Values },
): OperatorCommand | undefined {
	const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
	if (!command || words.length < command.words.min || words.length > command.words.max) return undefined;
	const taken: readonly string[] = [...COMMON, ...command.options];
	const wrong = Object.keys(values).find((option) => !taken.includes(option));
	if (wrong !== undefined) throw new UsageError(`${name} has no option --${wrong}.`);
	return command;
}

/** Carries one of the commands out; answers what it prints. Throws an error with what to say, of one of the classes above. */
export async function carryOut({ args, help, commands }: OperatorCommands): Promise<string> {
	const { values, positionals } = parse(args);
	if (values.help) return help;
	const [name = '', ...words] = positionals;
	const command = find(commands, { name, words, values });
	if (!command) throw new UsageError(help);
	const report = await command.run({
		words,
		values,
		operator: () => textOf('--by', values.by ?? systemUser(), NAME_MAX),
		reason: () => textOf('--reason', values.reason, REASON_MAX),
	});
	return render(report, values);
}

function render(report: object, { json }: Values): string {
	return json ? `${JSON.stringify(report, null, '\t')}\n` : reportText(report);
}

/**
 * Returns the last line of the innermost error: outer errors say only that something failed, and Prisma's messages begin with
 * the call. Node collects the failures of a host with several addresses in an AggregateError without a message. An error
 * without a message is named by its code.
 */
function innermostMessage(error: Error): string {
	const inner = 'errors' in error && Array.isArray(error.errors) ? error.errors[0] : error.cause;
	if (isNativeError(inner)) return innermostMessage(inner);
	const line = error.message.trim().split('\n').at(-1) ?? '';
	const [, message = line] = /^Raw query failed\..* Message: `(.+)`$/.exec(line) ?? [];
	return message || ('code' in error ? String(error.code) : error.name);
}

/** Returns what to print: one line for what an operator can act on, everything there is for a bug. */
export function explain(error: unknown): string {
	const isSaid = [UsageError, CommandError, PartlyDoneError].some((known) => error instanceof known);
	if (isSaid) return (error as Error).message;
	const isUnavailable = error instanceof AppError && error.code === 'upstream_unavailable';
	if (isUnavailable || isDatabaseAway(error)) {
		return `A service that this command needs is down: ${innermostMessage(error as Error)}. Run the command again when it’s back.`;
	}
	return JSON.stringify(describeError(error));
}

interface OperatorCommands {
	args: string[];
	help: string;
	commands: Readonly<Record<string, OperatorCommand>>;
}

/**
 * Runs one of the commands, and prints its report for people, or as JSON. Exit codes: 0 it was done; 1 it could not be, or
 * not all of it; 2 it was called in a wrong way.
 */
export async function runOperatorCommand(given: OperatorCommands): Promise<void> {
	try {
		process.stdout.write(await carryOut(given));
	} catch (error) {
		if (error instanceof PartlyDoneError)
			process.stdout.write(render(error.report, parse(given.args).values));
		process.stderr.write(`${explain(error).trimEnd()}\n`);
		process.exitCode = error instanceof UsageError ? EXIT_CODES.usage : EXIT_CODES.failed;
	}
}

/** For a command, whose output is its own: what goes wrong on the way is said on standard error. */
export const commandLogger: Logger = {
	debug: () => undefined,
	info: () => undefined,
	warn: tell,
	error: tell,
};

function tell(event: string, { error, ...fields }: Record<string, unknown> = {}): void {
	const cause = error === undefined ? {} : { error: describeError(error) };
	process.stderr.write(`${JSON.stringify({ event, ...fields, ...cause })}\n`);
}
