import { create } from 'content-disposition';

const NAMELESS = 'download';

/**
 * The Content-Disposition that makes a download arrive under `fileName`, whatever characters it holds
 * (RFC 6266, RFC 8187). The exact name travels percent-encoded in `filename*`; a plain ASCII name beside it serves
 * clients that know only `filename`, such as `curl -J`, and holds nothing that any system forbids in a name.
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
	// Only dots, spaces and replacements left: '..' is a directory, and '_' tells nobody anything.
	return /^[._ ]*$/.test(plain) ? NAMELESS : plain;
}
