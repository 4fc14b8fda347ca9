import type { SupervisorEvent } from '../supervisor/process.ts';
import { say } from './command.ts';

const MAX_CHARACTERS = 200;
const PROBLEM_TYPES: SupervisorEvent['type'][] = ['exited', 'killed', 'unresponsive', 'log-lost'];
const DETAILS = ['down', 'job_id', 'tool', 'code', 'request_id'];

/** Prints an event as one line: the time, the process, what happened. Omits log lines that people don't need to see. */
export function printEvent({ type, name, text }: SupervisorEvent): void {
	const shown = type === 'line' ? describeLine(text) : text;
	if (shown !== undefined) say(`${new Date().toTimeString().slice(0, 8)}  ${name.padEnd(14)} ${shown}`);
}

/** Prints an event that should not happen, and no other. */
export function printProblem(event: SupervisorEvent): void {
	if (PROBLEM_TYPES.includes(event.type)) printEvent(event);
}

/**
 * Returns a service's log line in words: the start and the end of a job, errors and warnings; undefined for all others.
 * PostgreSQL's and RabbitMQ's lines are not JSON and stay in their files.
 */
export function describeLine(text: string): string | undefined {
	const { level, event, message, error, ...line } = parseLine(text);
	if (event === 'job.started') return `${line.job_id} started: ${line.tool}, attempt ${line.attempt}`;
	if (event === 'job.outcome_handled') return `${line.job_id} ${line.outcome}`;
	if (level !== 'error' && level !== 'warn') return undefined;
	// a request failed because another part is down: the other part's own lines say it once
	if (/^http\./.test(event) && (event === 'http.unavailable' || line.code === 'upstream_unavailable'))
		return undefined;
	const details = DETAILS.filter((name) => line[name] !== undefined).map((name) => `${name}=${line[name]}`);
	const words = [`${level}:`, event, message ?? error?.message, ...details].filter(Boolean).join(' ');
	return words.replaceAll(/\s+/g, ' ').slice(0, MAX_CHARACTERS);
}

// biome-ignore lint/suspicious/noExplicitAny: any service may log anything
function parseLine(text: string): any {
	try {
		return JSON.parse(text) ?? {};
	} catch {
		return {};
	}
}
