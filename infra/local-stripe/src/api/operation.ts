import type { z } from 'zod';
import type { Ledger } from '../state/ledger.ts';
import { readParameters } from './parameters.ts';

export type Operation = {
	method: 'GET' | 'POST' | 'DELETE';
	/** With `:id` for the object that it is about. */
	path: string;
	/** What a request with these parameters does, all of it or nothing. */
	execute: (
		ledger: Ledger,
		id: string,
		form: Record<string, unknown>,
	) => { answer: object; expand: string[] };
};

/** Describes one operation of the API once: its route, its parameters, what it does. */
export function operation<T extends { expand?: string[] | undefined }>(
	{ method, path, parameters }: Pick<Operation, 'method' | 'path'> & { parameters: z.ZodType<T> },
	run: (ledger: Ledger, parameters: T, id: string) => object,
): Operation {
	return {
		method,
		path,
		execute: (ledger, id, form) => {
			const given = readParameters(parameters, form);
			return { answer: run(ledger, given, id), expand: given.expand ?? [] };
		},
	};
}
