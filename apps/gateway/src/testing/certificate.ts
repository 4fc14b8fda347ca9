import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface TestCertificate {
	cert: string;
	key: string;
}

/** Creates a self-signed certificate for 127.0.0.1 with a new key. */
export async function makeCertificate(): Promise<TestCertificate> {
	const { cert, private: key } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
		keyType: 'ec',
		extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
	});
	return { cert, key };
}

/** Writes one or both files into the directory, each atomically, and returns their settings. */
export function placeCertificate(directory: string, certificate: Partial<TestCertificate>) {
	const place = (name: 'cert' | 'key'): string => {
		const path = join(directory, `${name}.pem`);
		const text = certificate[name];
		if (text !== undefined) {
			writeFileSync(`${path}.new`, text, { mode: 0o600 });
			renameSync(`${path}.new`, path);
		}
		return path;
	};
	return { TLS_CERT_FILE: place('cert'), TLS_KEY_FILE: place('key') };
}
