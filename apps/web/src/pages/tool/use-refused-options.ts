import { useState } from 'react';
import { sentence } from '../../api/problem.ts';
import type { Work } from '../../works/work.ts';

/** What the API said of the options of the last work that it refused for them, until each was mended. */
export function useRefusedOptions(works: readonly Work[]) {
	const [mended, setMended] = useState<ReadonlySet<string>>(new Set());
	const work = works.find(({ stage }) => stage.kind === 'failed' && stage.problem.code === 'validation');
	const refused: Record<string, string> = {};
	if (work?.stage.kind === 'failed') {
		for (const { path, message } of work.stage.problem.details) {
			const [root, name] = path.split('.');
			if (root === 'params' && name && !mended.has(`${work.id} ${name}`)) refused[name] ??= sentence(message);
		}
	}
	return {
		refused,
		onEdit(name: string) {
			if (work && refused[name] !== undefined) setMended(new Set([...mended, `${work.id} ${name}`]));
		},
	};
}
