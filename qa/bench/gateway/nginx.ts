import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchRoot } from '../run/scratch.ts';
import { type Server, startServer } from '../run/server.ts';

/** Debian's, which is not on every PATH. */
const NGINX = '/usr/sbin/nginx';

/** Returns the part of a configuration for a server that always answers with a JSON document. */
export function stubServer(port: number, answer: string): string {
	return `server {
		listen 127.0.0.1:${port};
		location / { default_type application/json; return 200 '${answer}'; }
	}`;
}

interface Proxy {
	port: number;
	/** Host and port, or name of an {@link upstream}, whose connections are kept. */
	service: string;
	/** The same for the subrequest of auth_request, with its path. */
	verifier?: string;
	keepsConnections: boolean;
}

/** Returns the part of a configuration for a server that passes requests to a service. */
export function proxyServer({ port, service, verifier, keepsConnections }: Proxy): string {
	const keep = keepsConnections ? 'proxy_http_version 1.1; proxy_set_header Connection "";' : '';
	const verification = `location = /verify {
			internal;
			proxy_pass http://${verifier};
			proxy_pass_request_body off;
			proxy_set_header Content-Length "";
			${keep}
		}`;
	return `server {
		listen 127.0.0.1:${port};
		location / { ${verifier ? 'auth_request /verify;' : ''} proxy_pass http://${service}; ${keep} }
		${verifier ? verification : ''}
	}`;
}

/** Returns the part of a configuration for a host with a pool of connections. */
export function upstream(name: string, host: string): string {
	return `upstream ${name} { server ${host}; keepalive 128; keepalive_requests 1000000000; }`;
}

/** Starts an nginx that neither reads nor writes a file of the machine's own nginx. */
export function startNginx(name: string, readyPort: number, parts: readonly string[]): Promise<Server> {
	const directory = join(scratchRoot(), name);
	mkdirSync(directory, { recursive: true });
	const configuration = join(directory, 'nginx.conf');
	const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
	writeFileSync(
		configuration,
		`daemon off;
worker_processes auto;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log warn;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 4096; }
http {
	access_log ${directory}/access.log combined buffer=64k flush=1s;
	keepalive_requests 1000000000;
	${temporary.map((kind) => `${kind}_temp_path ${directory}/${kind};`).join('\n\t')}
	${parts.join('\n\t')}
}
`,
	);
	return startServer({
		name: 'nginx',
		command: [NGINX, '-p', directory, '-c', configuration, '-e', join(directory, 'error.log')],
		env: process.env,
		logPath: join(directory, 'output.log'),
		url: `http://127.0.0.1:${readyPort}/`,
	});
}
