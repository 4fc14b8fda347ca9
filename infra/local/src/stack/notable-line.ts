import { z } from 'zod';

/** The log line of a service; PostgreSQL's and RabbitMQ's own lines are not JSON and stay in their files. */
const logLine = z.looseObject({
	level: z.string(),
	event: z.string().optional(),
	message: z.string().optional(),
});

/** What a person watching wants to see of a healthy product; trouble is shown whatever its name. */
const NOTABLE = /^job\.(created|started|finished|succeeded|failed|canceled)$/;
const LONGEST = 200;
const SHOWN_FIELDS = ['job_id', 'tool', 'status', 'error_code', 'duration_ms', 'request_id'];

/** A service's log line in a form for people, or undefined when it is of no interest to them. */
export function notableLine(line: string): string | undefined {
	if (!line.startsWith('{')) return undefined;
	const parsed = parseLine(line);
	if (parsed === undefined) return undefined;
	const { level, event = '', message = '' } = parsed;
	if (level !== 'error' && level !== 'warn' && !NOTABLE.test(event)) return undefined;
	const fields = SHOWN_FIELDS.filter((name) => parsed[name] !== undefined).map(
		(name) => `${name}=${String(parsed[name])}`,
	);
	const trouble = level === 'error' || level === 'warn' ? `${level}:` : '';
	return [trouble, event, message === event ? '' : message, ...fields]
		.filter((part) => part !== '')
		.join(' ')
		.replaceAll(/\s+/g, ' ')
		.slice(0, LONGEST);
}

function parseLine(line: string): z.infer<typeof logLine> | undefined {
	try {
		return logLine.safeParse(JSON.parse(line)).data;
	} catch {
		return undefined;
	}
}
