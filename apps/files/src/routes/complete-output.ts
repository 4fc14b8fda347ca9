import { notFound } from '@creatorr/contracts/errors';
import { completeOutput } from '@creatorr/contracts/internal';
import { defineRoute, type Route } from '@creatorr/service/route';
import { type CompleteDeps, completeUpload } from '../domain/complete-upload.ts';
import type { FileRecords } from '../domain/ports.ts';
import { toParts } from './parts-view.ts';

export function completeOutputRoute(
	deps: CompleteDeps & { records: Pick<FileRecords, 'findOutput'> },
): Route {
	return defineRoute(completeOutput, async ({ params, body }) => {
		const output = await deps.records.findOutput(params.id);
		if (!output) throw notFound('file');
		await completeUpload(deps, output, toParts(body.parts));
	});
}
