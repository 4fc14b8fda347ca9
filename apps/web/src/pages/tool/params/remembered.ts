import type { Field } from './fields.ts';
import { problemWith, toSend, type Values } from './values.ts';

const KEY = 'creatorr.params.';

/** What was chosen for a tool last, on this device; without secrets, and without what the tool no longer takes. */
export function recall(slug: string, fields: readonly Field[]): Values {
	try {
		const kept: unknown = JSON.parse(localStorage.getItem(KEY + slug) ?? '{}');
		return stillFitting(fields, kept);
	} catch {
		return {};
	}
}

export function remember(slug: string, fields: readonly Field[], values: Values): void {
	try {
		const { params } = toSend(fields, values);
		if (Object.keys(params).length === 0) localStorage.removeItem(KEY + slug);
		else localStorage.setItem(KEY + slug, JSON.stringify(params));
	} catch {
		// a browser that keeps nothing begins with the standards
	}
}

/** Tools change, and with them what fits. */
export function stillFitting(fields: readonly Field[], kept: unknown): Values {
	if (typeof kept !== 'object' || kept === null) return {};
	const entries = Object.entries(kept).filter(([name, value]) => {
		const field = fields.find((one) => one.name === name);
		return field !== undefined && fits(field, value) && problemWith(field, value) === undefined;
	});
	return Object.fromEntries(entries);
}

function fits(field: Field, value: unknown): boolean {
	switch (field.kind) {
		case 'number':
			return typeof value === 'number';
		case 'switch':
			return typeof value === 'boolean';
		case 'choice':
			return field.options.some((option) => option.value === value);
		case 'list':
			return (
				Array.isArray(value) && value.every((one) => field.options.some((option) => option.value === one))
			);
		case 'text':
			return typeof value === 'string';
		case 'secret':
			return false;
	}
}
