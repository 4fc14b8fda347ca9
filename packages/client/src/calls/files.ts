import type { Transport } from '../transport.ts';
import type { CallOptions, File, FileRow, Page, PageQuery, Upload } from '../types.ts';

export interface FileCalls {
	/** Mints the URLs to upload to. */
	create(
		given: { name: string; mime_type: string; size_bytes: number; multipart?: boolean },
		options?: CallOptions,
	): Promise<Upload>;
	/** The file, with a URL to download it once it is ready. */
	get(id: string, options?: CallOptions): Promise<File>;
	/** The newest first. */
	list(query?: PageQuery, options?: CallOptions): Promise<Page<FileRow>>;
	delete(id: string, options?: CallOptions): Promise<void>;
}

export function createFiles({ api, body, done }: Transport): FileCalls {
	const given = ({ signal }: CallOptions = {}) => ({ signal: signal ?? null });
	return {
		create: async (file, options) =>
			(await body(api.POST('/v1/files', { body: file, ...given(options) }))).data,
		get: async (id, options) =>
			(await body(api.GET('/v1/files/{id}', { params: { path: { id } }, ...given(options) }))).data,
		list: (query, options) =>
			body(api.GET('/v1/files', { params: { query: query ?? {} }, ...given(options) })),
		delete: (id, options) =>
			done(api.DELETE('/v1/files/{id}', { params: { path: { id } }, ...given(options) })),
	};
}
