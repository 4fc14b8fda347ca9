import type { Field } from './fields.ts';
import { paramsToSend, type Values, validate } from './values.ts';

const KEY_PREFIX = 'creatorr.params.';

/** Loads the params last used on this device, without secrets and values that the tool no longer accepts. */
export function loadValues(slug: string, fields: readonly Field[]): Values {
	try {
		const stored: unknown = JSON.parse(localStorage.getItem(KEY_PREFIX + slug) ?? '{}');
		return validValues(fields, stored);
	} catch {
		return {};
	}
}

export function saveValues(slug: string, fields: readonly Field[], values: Values): void {
	try {
		const { params } = paramsToSend(fields, values);
		if (Object.keys(params).length === 0) localStorage.removeItem(KEY_PREFIX + slug);
		else localStorage.setItem(KEY_PREFIX + slug, JSON.stringify(params));
	} catch {
		// without storage the form starts with the defaults
	}
}

/** Returns the stored values that the tool still accepts. */
export function validValues(fields: readonly Field[], stored: unknown): Values {
	if (typeof stored !== 'object' || stored === null) return {};
	const entries = Object.entries(stored).filter(([name, value]) => {
		const field = fields.find((one) => one.name === name);
		return field !== undefined && fits(field, value) && validate(field, value) === undefined;
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
			return (
				typeof value === (field.isNumber ? 'number' : 'string') &&
				field.options.some((option) => option.value === String(value))
			);
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
