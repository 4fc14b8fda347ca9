import type { SecretFile, World } from '../world.ts';

const FEW = ['on the web', 'on this machine'];

/** Returns ways to refer to a file outside of a document, by where it is: all ways, or a few. */
export function addressesOf(
	{ files, hosts, port, url }: World,
	kind: SecretFile,
	which: 'all' | 'few',
): [where: string, address: string][] {
	const path = files[kind];
	const name = `a.${kind}`;
	const host = hosts.at(-1) ?? '127.0.0.1';
	const all = {
		'on the web': url(name),
		'on the web of this machine': `http://127.0.0.1:${port}/${name}`,
		'on the web, locked': url(name, 'https'),
		'at an FTP server': url(name, 'ftp'),
		'at an SMB server': `smb://${host}/share/${name}`,
		'on a share': `\\\\${host}\\share\\${name}`,
		'on a share, as a URL': `file://${host}/share/${name}`,
		'at a WebDAV server': `vnd.sun.star.webdav://${host}:${port}/${name}`,
		'on this machine': `file://${path}`,
		'on this machine, by its path alone': path,
		'some steps up': `../../../../../../../..${path}`,
		'of a name to be looked up': `http://hostile.example.com/${name}`,
	};
	return Object.entries(all).filter(([where]) => which === 'all' || FEW.includes(where));
}
