import { newId } from './new-id.ts';
import type { Params, Source, Work } from './work.ts';

/** What a work is begun with. */
export interface Beginning {
	tool: string;
	params: Params;
	secrets: Readonly<Record<string, string>>;
}

function begin({ tool, params, secrets }: Beginning, userId: string | null) {
	return {
		id: newId(),
		userId,
		tool,
		params,
		secretNames: Object.keys(secrets),
		createdAt: Date.now(),
		idempotencyKey: newId(),
	};
}

export function newWork(source: Source, beginning: Beginning, userId: string | null): Work {
	return {
		...begin(beginning, userId),
		source,
		upload: null,
		stage: { kind: 'waiting', sentBytes: 0 },
	};
}

/** The same file once more: it is not uploaded again where the store has it. */
export function workAgain({ source, upload, userId }: Work, beginning: Beginning): Work {
	const work = newWork(source, beginning, userId);
	return upload?.isDone ? { ...work, upload, stage: { kind: 'creating', isStruggling: false } } : work;
}
