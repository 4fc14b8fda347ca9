import type { Tool } from '@creatorr/client';
import { useMemo, useState } from 'react';
import { toSentence } from '../../api/failure-message.ts';
import type { Upload } from '../../uploads/upload.ts';
import { type Field, fieldsOf } from './fields.ts';
import { withLabels } from './labels.ts';
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

/** Returns the API's messages about the params of the last upload that it rejected, until the user edits them. */
export function useRejectedParams(uploads: readonly Upload[], fields: readonly Field[]) {
	const [edited, setEdited] = useState<ReadonlySet<string>>(new Set());
	const upload = uploads.find(({ stage }) => stage.kind === 'failed' && stage.problem.code === 'validation');
	const rejected: Record<string, string> = {};
	if (upload?.stage.kind === 'failed') {
		for (const { path, message } of upload.stage.problem.details) {
			const [root, name] = path.split('.');
			if (root === 'params' && name && !edited.has(`${upload.id} ${name}`))
				rejected[name] ??= toSentence(withLabels(message, fields));
		}
	}
	return {
		rejected,
		onEdit(name: string) {
			if (upload && rejected[name] !== undefined) setEdited(new Set([...edited, `${upload.id} ${name}`]));
		},
	};
}
