import { X509Certificate } from 'node:crypto';
import type { Server } from 'node:https';
import type { Logger } from '@creatorr/service/logger';
import { type Repeater, repeat } from '@creatorr/service/repeat';
import { type Certificate, type CertificateFiles, readCertificate } from './http/certificate.ts';

interface Deps {
	server: Pick<Server, 'setSecureContext'>;
	files: CertificateFiles;
	logger: Logger;
	refreshMs: number;
}

/**
 * Takes a renewed certificate into use for new connections; the open ones go on. The files are read rather than watched: they
 * may be links that are set to another directory. One that can't be used is logged, and the one before stays.
 */
export function startCertificateReloader({ server, files, logger, refreshMs }: Deps): Repeater {
	let inUse: Certificate | undefined;
	const run = async () => {
		const found = readCertificate(files);
		if (found.cert === inUse?.cert && found.key === inUse.key) return;
		server.setSecureContext(found);
		inUse = found;
		logger.info('gateway.certificate_in_use', { valid_to: new X509Certificate(found.cert).validTo });
	};
	return repeat({ name: 'gateway.certificate', intervalMs: refreshMs, run, logger });
}
