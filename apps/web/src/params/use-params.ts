import type { Tool } from '@creatorr/client';
import { useMemo, useState } from 'react';
import { type Field, fieldsOf } from './fields.ts';
import { loadValues, saveValues } from './saved-values.ts';
import { paramsToSend, type Values, validateAll } from './values.ts';

/** The params of a tool as the user has set them. */
export interface ToolParams {
	tool: Tool;
	fields: readonly Field[];
	values: Values;
	/** Validation messages by param name. */
	problems: Readonly<Record<string, string>>;
	isInvalid: boolean;
	isChanged: boolean;
	set(name: string, value: unknown): void;
	setAll(changed: Values): void;
	reset(): void;
	/** What the API gets: params that differ from their defaults, and secrets. */
	toSend: ReturnType<typeof paramsToSend>;
}

/** The params of a tool, starting with those last used on this device. */
export function useToolParams(tool: Tool): ToolParams {
	const fields = useMemo(() => fieldsOf(tool), [tool]);
	const [values, setValues] = useState<Values>(() => loadValues(tool.slug, fields));
	const change = (next: Values) => {
		setValues(next);
		saveValues(tool.slug, fields, next);
	};
	const toSend = paramsToSend(fields, values);
	const problems = validateAll(fields, values);
	return {
		tool,
		fields,
		values,
		problems,
		isInvalid: Object.keys(problems).length > 0,
		isChanged: Object.keys(toSend.params).length + Object.keys(toSend.secrets).length > 0,
		set: (name, value) => change({ ...values, [name]: value }),
		setAll: (changed) => change({ ...values, ...changed }),
		reset: () => change({}),
		toSend,
	};
}
