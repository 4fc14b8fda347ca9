import type { SecretFile, World } from '../world.ts';

/** Ways to name what lies outside of a document, by what they are; the file is of this kind. */
export function addresses({ files, hosts, port, url }: World, kind: SecretFile): Record<string, string> {
	const path = files[kind];
	const name = `a.${kind}`;
	const host = hosts.at(-1) ?? '127.0.0.1';
	return {
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
}
