import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { Operation } from '@creatorr/contracts/operation';
import Negotiator from 'negotiator';
import { z } from 'zod';
import type { Exchange } from '../exchange.ts';
import { sendBytes } from '../requests/response.ts';
import type { PublicRoute } from '../routes.ts';
import { type Representation, readWebFiles, type WebFile } from './web-files.ts';

const METHODS = ['get', 'head'] as const;
const PAGE = 'index.html';
/** Directory of files with a content hash in their names. */
const HASHED_DIRECTORY = 'assets/';
const EMPTY_BODY = Buffer.alloc(0);

/** Allows code only from this origin and connections only to the API and the store, and refuses to be framed. */
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

function operationFor(id: string, method: (typeof METHODS)[number], path: string): Operation {
	return { id, method, path, service: 'gateway', access: 'public', summary: '', status: 200, errors: [] };
}

/** Negotiator's time grows with the square of a header's length. Browsers send less than 200 characters. */
const MAX_NEGOTIATED_CHARACTERS = 1_000;

/** Negotiates by `Accept` and `Accept-Encoding`. Ignores a header longer than browsers send. */
function negotiate({ headers }: IncomingMessage): Negotiator {
	const bounded = (name: 'accept' | 'accept-encoding') => {
		const value = headers[name];
		return value !== undefined && value.length <= MAX_NEGOTIATED_CHARACTERS ? { [name]: value } : {};
	};
	return new Negotiator({ headers: { ...bounded('accept'), ...bounded('accept-encoding') } });
}

function representationFor({ copies, uncompressed }: WebFile, { req }: Exchange): Representation {
	const codings = [...copies, uncompressed].map(({ coding }) => coding);
	const accepted = negotiate(req).encodings(codings);
	// A client that accepts none of the copies gets the uncompressed file.
	return copies.find(({ coding }) => accepted.includes(coding)) ?? uncompressed;
}

/** Whether the client already has this representation. */
function matchesIfNoneMatch({ req }: Exchange, etag: string): boolean {
	const tags = req.headers['if-none-match'] ?? '';
	// Ignores a longer list than browsers send: splitting it takes 1 ms.
	if (tags.length > MAX_NEGOTIATED_CHARACTERS) return false;
	const known = tags.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
	return known.some((tag) => tag === etag || tag === '*');
}

/** The routes of the web app. */
export interface WebApp {
	routes: PublicRoute[];
	/** Serves the app with 404, which then shows its not-found page. */
	notFoundPage: PublicRoute;
}

/** Whether the client is a browser that opens a page: it prefers HTML to JSON. */
function prefersHtml(req: IncomingMessage): boolean {
	return negotiate(req).mediaType(['application/json', 'text/html']) === 'text/html';
}

/** Returns {@link WebApp.notFoundPage} for a browser that opens an unknown path. API clients, and all clients under /v1, get JSON. */
export function findNotFoundPage(
	webApp: Pick<WebApp, 'notFoundPage'> | undefined,
	req: IncomingMessage,
	path: string,
): PublicRoute | undefined {
	const isApi = path === '/v1' || path.startsWith('/v1/');
	const isRead = req.method === 'GET' || req.method === 'HEAD';
	return webApp && !isApi && isRead && prefersHtml(req) ? webApp.notFoundPage : undefined;
}

/**
 * Returns the web app's routes: its page under each of its paths, its files, and its not-found page.
 * @param directory the build of apps/web; read once. Throws if it isn't one
 * @param storeOrigins where the page may upload to and download from
 */
export function createWebApp(directory: string, storeOrigins: readonly string[]): WebApp {
	const pages = z.array(z.string()).parse(JSON.parse(readFileSync(join(directory, 'pages.json'), 'utf8')));
	const files = readWebFiles(join(directory, 'public'));
	const page = files.get(PAGE);
	if (!page) throw new Error(`${directory} has no ${PAGE}`);
	files.delete(PAGE);
	const policy = contentSecurityPolicy(storeOrigins);

	const serveNotFound = (exchange: Exchange): void => {
		const { coding, bytes } = representationFor(page, exchange);
		const headers = [
			...['Content-Security-Policy', policy, 'Vary', 'Accept, Accept-Encoding, Origin'],
			...['Content-Type', page.contentType, 'Content-Length', String(bytes.length)],
		];
		if (coding !== 'identity') headers.push('Content-Encoding', coding);
		sendBytes(exchange, 404, headers, exchange.req.method === 'HEAD' ? EMPTY_BODY : bytes);
	};

	function serve(exchange: Exchange, file: WebFile, cacheControl: string): void {
		const { coding, bytes, etag } = representationFor(file, exchange);
		const headers = [
			...['Content-Security-Policy', policy, 'Cache-Control', cacheControl],
			...['ETag', etag, 'Vary', 'Accept-Encoding, Origin'],
		];
		if (matchesIfNoneMatch(exchange, etag)) {
			sendBytes(exchange, 304, headers, EMPTY_BODY);
			return;
		}
		headers.push('Content-Type', file.contentType, 'Content-Length', String(bytes.length));
		if (coding !== 'identity') headers.push('Content-Encoding', coding);
		sendBytes(exchange, 200, headers, exchange.req.method === 'HEAD' ? EMPTY_BODY : bytes);
	}

	// Browsers revalidate pages each time, so that no browser keeps an old release. A file with a hash in its name never changes.
	const cacheControlOf = (name: string) =>
		name.startsWith(HASHED_DIRECTORY) ? 'public, max-age=31536000, immutable' : 'no-cache';
	const routes = (id: string, path: string, file: WebFile, cacheControl: string) =>
		METHODS.map((method) => ({
			operation: operationFor(id, method, path),
			serve: (exchange: Exchange) => serve(exchange, file, cacheControl),
		}));
	const appRoutes = [
		...pages.flatMap((path) => routes('webPage', path, page, 'no-cache')),
		...[...files].flatMap(([name, file]) => routes('webAsset', `/${name}`, file, cacheControlOf(name))),
	];
	const notFoundPage = { operation: operationFor('webNotFound', 'get', '/{path}'), serve: serveNotFound };
	return { routes: appRoutes, notFoundPage };
}
