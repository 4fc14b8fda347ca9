import { create } from 'content-disposition';

const NAMELESS = 'download';

/**
 * Returns the Content-Disposition of a download named `fileName`, with any characters (RFC 6266, RFC 8187). `filename*` has the exact name,
 * percent-encoded. `filename` has an ASCII name for clients such as `curl -J`, without characters that a system forbids in names.
 */
export function attachmentDisposition(fileName: string): string {
	// A lone surrogate has no UTF-8 form, and percent-encoding it would throw.
	const name = fileName.toWellFormed();
	return create(name, { fallback: plainName(name) });
}

function plainName(name: string): string {
	const plain = name
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.replace(/[^\x20-\x7e]/gu, '_')
		.replace(/["%*/:<>?\\|]/g, '_');
	// '..' is a directory, and a name of underscores is meaningless.
	return /^[._ ]*$/.test(plain) ? NAMELESS : plain;
}
