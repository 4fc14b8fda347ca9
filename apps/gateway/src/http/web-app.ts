import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from '@creatorr/contracts/operation';
import sirv from 'sirv';
import { z } from 'zod';
import { beginFile } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { PublicRoute } from './handle-public.ts';

/** The build of apps/web: what is served as it lies there, and the paths that the one page has. */
interface WebBuild {
	publicDir: string;
	pages: string[];
}

const METHODS = ['get', 'head'] as const;
/** Files whose names hold a hash of what is in them. */
const HASHED = '/assets/';

function readBuild(directory: string): WebBuild {
	const pages = z.array(z.string()).parse(JSON.parse(readFileSync(join(directory, 'pages.json'), 'utf8')));
	return { publicDir: join(directory, 'public'), pages };
}

/** The files under their paths; neither hidden ones nor the compressed copies are asked for by name. */
function pathsOf(publicDir: string): string[] {
	return globSync('**/*.*', { cwd: publicDir, exclude: (name) => name.startsWith('.') })
		.filter((name) => !/\.(br|gz)$|^index\.html$/.test(name))
		.map((name) => `/${name}`);
}

/**
 * Nothing runs that did not come from here, and nothing is sent elsewhere than to the API and the store; a page in a
 * frame is no page of ours.
 */
function contentSecurityPolicy(storeOrigins: readonly string[]): string {
	return [
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"font-src 'self'",
		"img-src 'self' blob: data:",
		["connect-src 'self'", ...storeOrigins].join(' '),
		"worker-src 'self'",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
	].join('; ');
}

function pageOperation(method: (typeof METHODS)[number], path: string): Operation {
	const id = path.includes('.') ? 'webAsset' : 'webPage';
	return { id, method, path, service: 'gateway', access: 'public', summary: '', status: 200, errors: [] };
}

/**
 * The web app's routes: its page under every path of its own, its assets under theirs, and nothing else.
 * @param directory the build of apps/web; throws when it is not one
 * @param storeOrigins where the page may upload to and download from
 */
export function createWebRoutes(directory: string, storeOrigins: readonly string[]): PublicRoute[] {
	const { publicDir, pages } = readBuild(directory);
	// It reads the directory once, here: a file that comes later is not served, and none is looked for on disk.
	const send = sirv(publicDir, { etag: true, brotli: true, gzip: true, single: true });
	const policy = ['Content-Security-Policy', contentSecurityPolicy(storeOrigins)];
	// A page is asked for anew each time, so that nobody is kept on an old one; the rest of it never changes.
	const mutable = ['Cache-Control', 'no-cache', ...policy];
	const immutable = ['Cache-Control', 'public, max-age=31536000, immutable', ...policy];

	function serve(exchange: Exchange, path: string): void {
		beginFile(exchange, path.startsWith(HASHED) ? immutable : mutable);
		send(exchange.req, exchange.res);
	}

	return [...pages, ...pathsOf(publicDir)].flatMap((path) =>
		METHODS.map((method) => ({
			operation: pageOperation(method, path),
			serve: (exchange: Exchange) => serve(exchange, path),
		})),
	);
}
