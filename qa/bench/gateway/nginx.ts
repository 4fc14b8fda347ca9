import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Child, startChild } from '../run/child.ts';
import { type NginxSite, nginxConfig } from './nginx-config.ts';

/** Debian's, which is not on everybody's PATH. */
const NGINX = '/usr/sbin/nginx';

/** Starts an nginx of our own in the foreground; the machine's own is neither used nor touched. */
export function startNginx(site: NginxSite): Promise<Child> {
	const { directory, servers } = site;
	mkdirSync(directory, { recursive: true });
	const config = join(directory, 'nginx.conf');
	writeFileSync(config, nginxConfig(site, { isRoot: process.getuid?.() === 0 }));
	return startChild({
		name: 'nginx',
		command: [NGINX, '-p', directory, '-c', config, '-e', join(directory, 'error.log')],
		env: process.env,
		logPath: join(directory, 'output.log'),
		url: `http://127.0.0.1:${servers[0]?.port}/`,
	});
}
