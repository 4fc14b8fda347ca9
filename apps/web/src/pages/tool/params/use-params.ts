import type { Tool } from '@creatorr/client';
import { useMemo, useState } from 'react';
import { type Field, fieldsOf } from './fields.ts';
import { recall, remember } from './remembered.ts';
import { problemsWith, toSend, type Values } from './values.ts';

export interface ParamsState {
	fields: readonly Field[];
	values: Values;
	/** What is wrong before anything is sent, by name. */
	problems: Readonly<Record<string, string>>;
	isChanged: boolean;
	set(name: string, value: unknown): void;
	reset(): void;
	toSend(): ReturnType<typeof toSend>;
}

/** What is chosen for a tool: as it was the last time on this device, to begin with. */
export function useParams(tool: Tool): ParamsState {
	const fields = useMemo(() => fieldsOf(tool), [tool]);
	const [values, setValues] = useState<Values>(() => recall(tool.slug, fields));
	const change = (next: Values) => {
		setValues(next);
		remember(tool.slug, fields, next);
	};
	const sent = toSend(fields, values);
	return {
		fields,
		values,
		problems: problemsWith(fields, values),
		isChanged: Object.keys(sent.params).length + Object.keys(sent.secrets).length > 0,
		set: (name, value) => change({ ...values, [name]: value }),
		reset: () => change({}),
		toSend: () => sent,
	};
}
