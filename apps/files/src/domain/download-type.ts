/** Media types that no browser runs as a page or a script, wherever it meets them. */
const INERT =
	/^(?:application\/(?:gzip|json|msword|octet-stream|pdf|rtf|zip|vnd\.[\w.-]+)|image\/(?:avif|bmp|gif|heic|jpeg|png|tiff|webp)|(?:audio|font|video)\/[\w.-]+|text\/(?:csv|plain))$/i;

const UNKNOWN = 'application/octet-stream';

/**
 * The type that a download is sent with: the file's own where nothing of it can run. A download is an attachment in any case;
 * this is for whoever shows it all the same.
 */
export function downloadType(mimeType: string): string {
	const [essence = ''] = mimeType.split(';');
	return INERT.test(essence.trim()) ? mimeType : UNKNOWN;
}
