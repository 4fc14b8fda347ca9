import { z } from 'zod';
import { AppError, type ErrorDetail, MAX_DETAILS } from './errors.ts';
import { truncate } from './text.ts';

const MAX_NAME_LENGTH = 100;

/** What is wrong with a value: the first {@link MAX_DETAILS} problems, and their number. */
export interface Problems {
	details: ErrorDetail[];
	total: number;
}

export type Parsed<T> = { ok: true; data: T } | ({ ok: false } & Problems);

export interface ParseOptions {
	/** Part of the request: `params`, `query`, or none for the body. */
	prefix?: readonly string[];
	/** Returns the message for a name that is not in the schema, quoted; `index` counts such names. */
	describeUnknown?: (quotedName: string, index: number) => string;
}

/** Quotes a client's text for a message, truncated. */
export function quote(text: string): string {
	return JSON.stringify(truncate(text, MAX_NAME_LENGTH));
}

/** Returns the number of details of an issue: an object's unknown names are one issue. */
function countDetails(issue: z.core.$ZodRawIssue): number {
	return issue.code === 'unrecognized_keys' ? issue.keys.length : 1;
}

function* detailsOf(
	issues: readonly z.core.$ZodRawIssue[],
	{ prefix = [], describeUnknown = (name) => `unknown field ${name}` }: ParseOptions,
): Generator<ErrorDetail> {
	let unknownNames = 0;
	for (const issue of issues) {
		const path = [...prefix, ...(issue.path ?? []).map(String)].map((name) =>
			truncate(name, MAX_NAME_LENGTH),
		);
		if (issue.code !== 'unrecognized_keys') {
			const { message } = z.core.util.finalizeIssue(issue, undefined, z.core.config());
			yield { path: path.join('.') || 'body', message };
			continue;
		}
		for (const name of issue.keys) {
			const place = [...path, truncate(name, MAX_NAME_LENGTH)].join('.');
			yield { path: place, message: describeUnknown(quote(name), unknownNames) };
			unknownNames += 1;
		}
	}
}

function firstDetails(issues: readonly z.core.$ZodRawIssue[], options: ParseOptions): ErrorDetail[] {
	const details: ErrorDetail[] = [];
	for (const detail of detailsOf(issues, options)) {
		if (details.push(detail) === MAX_DETAILS) break;
	}
	return details;
}

/**
 * Parses a value. Counts every problem, but describes only those that are shown: `safeParse` builds a message for each of 20,000
 * wrong fields, which takes 100 ms.
 */
export function parse<S extends z.ZodType>(
	schema: S,
	value: unknown,
	options: ParseOptions = {},
): Parsed<z.output<S>> {
	const payload = schema._zod.run({ value, issues: [] }, { async: false });
	if (payload instanceof Promise) throw new z.core.$ZodAsyncError();
	const { issues } = payload;
	if (issues.length === 0) return { ok: true, data: payload.value as z.output<S> };
	const total = issues.reduce((sum, issue) => sum + countDetails(issue), 0);
	return { ok: false, details: firstDetails(issues, options), total };
}

/** Returns a 400 with the wrong fields. Its message is the first detail. `total` counts all, also those not in `details`. */
export function validationError(details: readonly ErrorDetail[], total = details.length): AppError {
	const first = details[0];
	const message = first ? `${first.path}: ${first.message}` : 'The request is invalid.';
	return new AppError('validation', message, { details, detailsTotal: total });
}

/** Parses a value. Throws a `validation` {@link AppError} that names wrong fields. */
export function parseOrThrow<S extends z.ZodType>(
	schema: S,
	value: unknown,
	prefix: readonly string[] = [],
): z.output<S> {
	const parsed = parse(schema, value, { prefix });
	if (!parsed.ok) throw validationError(parsed.details, parsed.total);
	return parsed.data;
}
