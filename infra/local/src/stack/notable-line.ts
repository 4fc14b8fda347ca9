import { z } from 'zod';

/** The log line of a service; PostgreSQL's and RabbitMQ's own lines are not JSON and stay in their files. */
const logLine = z.looseObject({
	level: z.string(),
	event: z.string(),
	code: z.string().optional(),
	message: z.string().optional(),
	error: z.looseObject({ message: z.string().optional() }).optional(),
});
type LogLine = z.infer<typeof logLine>;

/** What a person watching wants to see of a healthy product, in words; trouble is shown whatever its name. */
const NEWS: Record<string, (line: LogLine) => string> = {
	'job.started': ({ job_id, tool, attempt }) => `${job_id} started: ${tool}, attempt ${attempt}`,
	'job.outcome_handled': ({ job_id, outcome }) => `${job_id} ${outcome}`,
};
const SHOWN_OF_TROUBLE = ['job_id', 'tool', 'code', 'request_id'];
const LONGEST = 200;

/** A service's log line in a form for people, or undefined when it is of no interest to them. */
export function notableLine(line: string): string | undefined {
	if (!line.startsWith('{')) return undefined;
	const parsed = parseLine(line);
	if (parsed === undefined) return undefined;
	const words = isTrouble(parsed) ? describeTrouble(parsed) : NEWS[parsed.event]?.(parsed);
	return words?.replaceAll(/\s+/g, ' ').slice(0, LONGEST);
}

function describeTrouble(line: LogLine): string {
	const parts = [`${line.level}:`, line.event, line.message ?? line.error?.message ?? ''];
	for (const name of SHOWN_OF_TROUBLE)
		if (line[name] !== undefined) parts.push(`${name}=${String(line[name])}`);
	return parts.filter((part) => part !== '').join(' ');
}

/**
 * Whether the line says that something is wrong. That a request could not be answered because another part is away
 * is what the other part's own lines say better, and once.
 */
function isTrouble({ level, event, code }: LogLine): boolean {
	if (level !== 'error' && level !== 'warn') return false;
	return !(event.startsWith('http.') && (event === 'http.unavailable' || code === 'upstream_unavailable'));
}

function parseLine(line: string): LogLine | undefined {
	try {
		return logLine.safeParse(JSON.parse(line)).data;
	} catch {
		return undefined;
	}
}
