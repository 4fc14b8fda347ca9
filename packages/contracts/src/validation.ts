import type { z } from 'zod';
import { AppError, type ErrorDetail } from './errors.ts';

type Issue = z.core.$ZodIssue;

/** zod's issues as the contract's details; `prefix` names the part of the request (`params`, `query`, none for a body). */
export function toDetails(issues: readonly Issue[], prefix: readonly string[] = []): ErrorDetail[] {
	return issues.flatMap((issue) => {
		const path = [...prefix, ...issue.path.map(String)];
		if (issue.code === 'unrecognized_keys') {
			return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: issue.message }));
		}
		return [{ path: path.join('.') || 'body', message: issue.message }];
	});
}

/** A 400 that names every wrong field; its message is the first of them. */
export function validationError(details: ErrorDetail[]): AppError {
	const first = details[0];
	const message = first ? `${first.path}: ${first.message}` : 'the request is not valid';
	return new AppError('validation', message, { details });
}

/** Parses, or throws a `validation` {@link AppError} that names every wrong field. */
export function parseOrThrow<S extends z.ZodType>(
	schema: S,
	value: unknown,
	prefix: readonly string[] = [],
): z.output<S> {
	const parsed = schema.safeParse(value);
	if (parsed.success) return parsed.data;
	throw validationError(toDetails(parsed.error.issues, prefix));
}
