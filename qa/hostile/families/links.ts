import { z } from 'zod';
import { readPayloads } from '../../driver/payloads.ts';
import { SECRET_FILE, type World } from '../world.ts';

/** A row of links.yaml, where its fields are described. */
const ROW = z.strictObject({
	of: z.strictObject({
		in: z.string(),
		file: SECRET_FILE,
		addresses: z.literal('all').exactOptional(),
		relation: z.string().exactOptional(),
		part: z.string().exactOptional(),
	}),
	links: z.record(z.string(), z.string()),
});
type Kind = z.infer<typeof ROW>['of'];

/** A link to one address. */
export interface Link extends Kind {
	/** Description: the element that links, and the kind of its address. */
	name: string;
	/** Markup of the link, with `{address}` in place of the address. */
	text: string;
	address: string;
}

const FAMILY = z.enum(['office links', 'HTML links']);
const FAMILIES = readPayloads(new URL('./links.yaml', import.meta.url), z.record(FAMILY, z.array(ROW)));

/** Returns each link of a family in links.yaml to each of its addresses. */
export function hostileLinks(family: z.infer<typeof FAMILY>, world: World): Link[] {
	return FAMILIES[family].flatMap(({ of, links }) =>
		Object.entries(links).flatMap(([name, text]) =>
			addressesOf(world, of).map(([where, address]) => {
				return { ...of, name: `${name}, ${where}`, text, address };
			}),
		),
	);
}

const FEW = ['on the web', 'on this machine'];

/** Returns ways to refer to a file outside of a document, by where it is. */
function addressesOf({ files, hosts, port, url }: World, { file, addresses }: Kind) {
	const path = files[file];
	const name = `a.${file}`;
	const host = hosts.at(-1) ?? '127.0.0.1';
	const all = {
		'on the web': url(name),
		'on the web of this machine': `http://127.0.0.1:${port}/${name}`,
		'on the web, over TLS': url(name, 'https'),
		'at an FTP server': url(name, 'ftp'),
		'at an SMB server': `smb://${host}/share/${name}`,
		'on a share': `\\\\${host}\\share\\${name}`,
		'on a share, as a URL': `file://${host}/share/${name}`,
		'at a WebDAV server': `vnd.sun.star.webdav://${host}:${port}/${name}`,
		'on this machine': `file://${path}`,
		'on this machine, as a path': path,
		'on this machine, as a relative path': `../../../../../../../..${path}`,
		'at a host name': `http://hostile.example.com/${name}`,
	};
	return Object.entries(all).filter(([where]) => addresses === 'all' || FEW.includes(where));
}
