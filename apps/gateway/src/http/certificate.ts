import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

export interface CertificateFiles {
	certFile: string;
	keyFile: string;
}

/** A certificate with the chain that it stands on, and its private key, in PEM. */
export interface Certificate {
	cert: string;
	key: string;
}

/**
 * Reads both files. Throws an error that names them when one is not there or they do not belong together, as for a moment
 * while they are being replaced.
 */
export function readCertificate({ certFile, keyFile }: CertificateFiles): Certificate {
	try {
		const certificate = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
		createSecureContext(certificate);
		return certificate;
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new Error(`there is no usable certificate in ${certFile} with its key in ${keyFile}: ${reason}`, {
			cause,
		});
	}
}
