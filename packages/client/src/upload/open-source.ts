import { openPath } from '#platform';
import type { OpenSource } from '../platform/platform.ts';
import type { UploadOptions, UploadSource } from './upload-options.ts';

const ANY_TYPE = 'application/octet-stream';

export interface NamedSource extends Omit<OpenSource, 'name'> {
	name: string;
	mimeType: string;
}

/** Opens the source and determines its name and type. */
export async function openSource(
	source: UploadSource,
	{ name, mimeType }: Pick<UploadOptions, 'name' | 'mimeType'>,
): Promise<NamedSource> {
	if ('path' in source) {
		const file = await openPath(source.path);
		return { ...file, name: name ?? file.name, mimeType: mimeType ?? ANY_TYPE };
	}
	const ownName = 'name' in source && typeof source.name === 'string' ? source.name : undefined;
	const ownType = source instanceof Blob && source.type !== '' ? source.type : undefined;
	const fullName = name ?? ownName;
	if (fullName === undefined) throw new TypeError('an upload needs a name: pass the name option');
	return {
		name: fullName,
		mimeType: mimeType ?? ownType ?? ANY_TYPE,
		size: source.size,
		slice: (start, end) => source.slice(start, end),
		close: async () => undefined,
	};
}
