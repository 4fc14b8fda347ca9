/** What nginx serves, and where. All is on loopback. */
export interface NginxSite {
	/** Its own place for everything that it writes. */
	directory: string;
	servers: readonly NginxServer[];
}

type NginxServer = { port: number } & ({ answers: string } | Passing);

interface Passing {
	passesTo: number;
	asks?: Verifier;
	/** Whether connections to the service and the verifier are kept. The plain configuration of the documentation keeps none. */
	keepsConnections: boolean;
}

/** Whom auth_request asks. */
interface Verifier {
	port: number;
	path: string;
}

/** No connection is closed for the number of its requests. */
const REQUESTS_PER_CONNECTION = 1_000_000_000;
const IDLE_CONNECTIONS = 128;
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

function upstream(name: string, port: number, keepsConnections: boolean): string {
	return `upstream ${name} {
		server 127.0.0.1:${port};
		${keepsConnections ? `keepalive ${IDLE_CONNECTIONS}; keepalive_requests ${REQUESTS_PER_CONNECTION};` : ''}
	}`;
}

const KEEPS_CONNECTIONS = 'proxy_http_version 1.1; proxy_set_header Connection "";';

function proxy({ port, passesTo, asks, keepsConnections }: { port: number } & Passing): string {
	const keeps = keepsConnections ? KEEPS_CONNECTIONS : '';
	const verifier = asks
		? `location = /verify {
			internal;
			proxy_pass http://verifier_of_${port}${asks.path};
			proxy_pass_request_body off;
			proxy_set_header Content-Length "";
			${keeps}
		}`
		: '';
	return `${upstream(`service_of_${port}`, passesTo, keepsConnections)}
	${asks ? upstream(`verifier_of_${port}`, asks.port, keepsConnections) : ''}
	server {
		listen 127.0.0.1:${port};
		location / {
			${asks ? 'auth_request /verify;' : ''}
			proxy_pass http://service_of_${port};
			${keeps}
		}
		${verifier}
	}`;
}

function serverOf(server: NginxServer): string {
	if ('passesTo' in server) return proxy(server);
	return `server {
		listen 127.0.0.1:${server.port};
		location / {
			default_type application/json;
			return 200 '${server.answers}';
		}
	}`;
}

/** The whole configuration: nothing of the machine's own nginx is read or written. */
export function nginxConfig({ directory, servers }: NginxSite, { isRoot }: { isRoot: boolean }): string {
	return `daemon off;
worker_processes auto;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log warn;
${isRoot ? 'user root;' : ''}
events { worker_connections 4096; }
http {
	access_log ${directory}/access.log combined buffer=64k flush=1s;
	keepalive_requests ${REQUESTS_PER_CONNECTION};
	${TEMPORARY.map((name) => `${name}_temp_path ${directory}/${name};`).join('\n\t')}
	${servers.map(serverOf).join('\n\t')}
}
`;
}
