import type { Operation } from './api-description.ts';

/** Whether an operation has all the words that were typed, somewhere. */
export function matches(operation: Operation, query: string): boolean {
	const { id, title, description, method, path } = operation;
	const text = `${id} ${title} ${description} ${method} ${path}`.toLowerCase();
	return query
		.toLowerCase()
		.split(/\s+/)
		.every((word) => text.includes(word));
}
