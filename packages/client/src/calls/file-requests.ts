import type { Transport } from '../transport.ts';
import type {
	CallOptions,
	File,
	FileRow,
	Page,
	PageQuery,
	StoredPart,
	Upload,
	UploadParts,
} from '../types.ts';

/** The file operations of the API, one call each. */
export interface FileRequests {
	/** Creates a file and returns its upload URLs. */
	create(
		file: { name: string; mime_type: string; size_bytes: number; multipart?: boolean },
		options?: CallOptions,
	): Promise<Upload>;
	/** Returns the file, with a download URL once it is ready. */
	get(id: string, options?: CallOptions): Promise<File>;
	/** Returns a page of files, newest first. */
	list(query?: PageQuery, options?: CallOptions): Promise<Page<FileRow>>;
	/** Returns the parts of a multipart upload: ETags of stored parts, fresh URLs for the others. */
	parts(id: string, options?: CallOptions): Promise<UploadParts>;
	/** Completes a multipart upload. Idempotent. */
	complete(id: string, parts: StoredPart[], options?: CallOptions): Promise<File>;
	delete(id: string, options?: CallOptions): Promise<void>;
}

export function createFileRequests({ api, body, list, done }: Transport): FileRequests {
	const requestOptions = ({ signal }: CallOptions = {}) => ({ signal: signal ?? null });
	return {
		create: async (file, options) =>
			(await body(api.POST('/v1/files', { body: file, ...requestOptions(options) }))).data,
		get: async (id, options) =>
			(await body(api.GET('/v1/files/{id}', { params: { path: { id } }, ...requestOptions(options) }))).data,
		list: (query, options) =>
			list(api.GET('/v1/files', { params: { query: query ?? {} }, ...requestOptions(options) })),
		parts: async (id, options) =>
			(await body(api.GET('/v1/files/{id}/parts', { params: { path: { id } }, ...requestOptions(options) })))
				.data,
		complete: async (id, parts, options) => {
			const call = { params: { path: { id } }, body: { parts }, ...requestOptions(options) };
			return (await body(api.POST('/v1/files/{id}/complete', call))).data;
		},
		delete: (id, options) =>
			done(api.DELETE('/v1/files/{id}', { params: { path: { id } }, ...requestOptions(options) })),
	};
}
