import { styleText } from 'node:util';

/** The fields of a log line. */
export type LogLine = Record<string, unknown>;

const COLORS = { error: 'red', warn: 'yellow', info: 'green', debug: 'gray' } as const;
/** Fields that are not repeated after the head of the line. */
const SHOWN_ELSEWHERE = new Set(['time', 'level', 'service', 'event', 'error']);

function isLevel(level: string): level is keyof typeof COLORS {
	return level in COLORS;
}

function valueText(value: unknown): string {
	return typeof value === 'string' && !/[\s"=]/.test(value) ? value : (JSON.stringify(value) ?? '');
}

/** Returns an error's stack, which begins with its message, and those of its causes below it. */
function errorText(error: unknown): string {
	if (typeof error !== 'object' || error === null) return `\n  ${String(error)}`;
	const { stack, message, cause } = error as LogLine;
	const own = `\n${String(stack ?? message ?? JSON.stringify(error, null, 2))}`.replaceAll('\n', '\n  ');
	return cause === undefined ? own : `${own}\n  caused by:${errorText(cause)}`;
}

/** Formats a log line for a terminal, with color if standard output is one. */
export function prettyLine(line: LogLine): string {
	const level = String(line.level);
	const time = String(line.time).slice(11, 23);
	const word = level.toUpperCase().padEnd(5);
	const head = [
		styleText('gray', time),
		isLevel(level) ? styleText(COLORS[level], word) : word,
		`${line.service}:`,
		styleText('bold', String(line.event)),
	];
	const fields = Object.entries(line)
		.filter(([name, value]) => !SHOWN_ELSEWHERE.has(name) && value !== undefined)
		.map(([name, value]) => `${styleText('gray', `${name}=`)}${valueText(value)}`);
	return [...head, ...fields].join(' ') + (line.error === undefined ? '' : errorText(line.error));
}
