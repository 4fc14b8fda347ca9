import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { Logger } from '@creatorr/service/logger';
import { defineTask } from '@creatorr/service/task';
import type { Limits } from '../limit-settings.ts';

export interface CertificateFiles {
	certFile: string;
	keyFile: string;
}

/** A certificate with its chain, and its private key, as PEM. */
export interface Certificate {
	cert: string;
	key: string;
}

/**
 * Reads both files. Throws an error that names both if one is missing or they don't belong together, which can happen for a moment while
 * they are replaced.
 */
export function readCertificate({ certFile, keyFile }: CertificateFiles): Certificate {
	try {
		const certificate = { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
		createSecureContext(certificate);
		return certificate;
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new Error(`can’t load the certificate ${certFile} with the key ${keyFile}: ${reason}`, {
			cause,
		});
	}
}

/**
 * Returns a function that loads a renewed certificate for new connections; open ones continue. It reads the files instead of watching them,
 * because they may be symbolic links whose target changes. It throws if they can't be used, and the previous certificate stays.
 */
export function createCertificateReloader({
	server,
	files,
	logger,
}: {
	server: Pick<Server, 'setSecureContext'>;
	files: CertificateFiles;
	logger: Pick<Logger, 'info'>;
}): () => void {
	let inUse: Certificate | undefined;
	return () => {
		const found = readCertificate(files);
		if (found.cert === inUse?.cert && found.key === inUse.key) return;
		server.setSecureContext(found);
		inUse = found;
		logger.info('gateway.certificate_loaded', { valid_to: new X509Certificate(found.cert).validTo });
	};
}

interface ReloadDeps {
	/** Undefined if the public port speaks plain HTTP. */
	certificateReloader: (() => void) | undefined;
	limits: Pick<Limits, 'certificateRefreshMs'>;
}

export const reloadCertificate = defineTask<ReloadDeps>({
	name: 'reload_certificate',
	everyMs: ({ limits }) => limits.certificateRefreshMs,
	run: async ({ certificateReloader }) => certificateReloader?.(),
});
