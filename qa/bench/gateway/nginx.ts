import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchRoot } from '../run/scratch.ts';
import { type Server, startServer } from '../run/server.ts';

/** Debian's, which is not on every PATH. */
const NGINX = '/usr/sbin/nginx';

/**
 * Starts an nginx that neither reads nor writes a file of the machine's own nginx.
 * @param name of the template of its configuration in this folder, in which `${NAME}` stands for a value
 */
export function startNginx(
	name: 'service' | 'proxies',
	values: Record<string, string | number>,
	readyPort: number,
): Promise<Server> {
	const directory = join(scratchRoot(), name);
	mkdirSync(directory, { recursive: true });
	const template = readFileSync(join(import.meta.dirname, `${name}.conf.template`), 'utf8');
	const configuration = join(directory, 'nginx.conf');
	writeFileSync(
		configuration,
		template.replaceAll(/\$\{(\w+)\}/g, (_, key: string) => String(values[key])),
	);
	const directives = `daemon off;${process.getuid?.() === 0 ? ' user root;' : ''}`;
	const errorLog = join(directory, 'error.log');
	return startServer({
		name: `nginx (${name})`,
		command: [NGINX, '-p', directory, '-c', configuration, '-e', errorLog, '-g', directives],
		env: process.env,
		logPath: join(directory, 'output.log'),
		url: `http://127.0.0.1:${readyPort}/`,
	});
}
