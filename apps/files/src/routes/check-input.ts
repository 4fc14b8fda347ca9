import { checkInput } from '@creatorr/contracts/internal';
import { defineRoute, type Route } from '@creatorr/service/route';
import { findInput } from '../domain/find-input.ts';
import type { FindDeps } from '../domain/find-own-file.ts';

export function checkInputRoute(deps: FindDeps): Route {
	return defineRoute(checkInput, async ({ params, body }) => {
		const file = await findInput(deps, { id: params.id, userId: body.user_id });
		return { data: { name: file.name, mime_type: file.mimeType, size_bytes: file.sizeBytes } };
	});
}
