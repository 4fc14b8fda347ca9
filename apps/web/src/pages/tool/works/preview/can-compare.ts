import type { FileRow } from '@creatorr/client';

/** What a browser shows, or pdf.js does. */
const SHOWN: readonly string[] = ['application/pdf', 'image/png', 'image/jpeg', 'image/webp'];
/** So much is fetched for a look at the first page. */
const MAX_BYTES = 25_000_000;

export function canShow({ mime_type, size_bytes }: Pick<FileRow, 'mime_type' | 'size_bytes'>): boolean {
	return SHOWN.includes(mime_type) && size_bytes <= MAX_BYTES;
}

/** Whether there is something to look at: of the original a sign is enough. */
export function canCompare(output: FileRow | 'gone' | null): boolean {
	return output !== null && output !== 'gone' && canShow(output);
}
