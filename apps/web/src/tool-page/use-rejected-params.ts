import { useState } from 'react';
import { toSentence } from '../api/failure-message.ts';
import type { Field } from '../params/fields.ts';
import { withLabels } from '../params/labels.ts';
import type { Upload } from '../uploads/upload.ts';

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
