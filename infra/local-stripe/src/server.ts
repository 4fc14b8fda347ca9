import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type NextFunction, type Request, type Response } from 'express';
import { type Account, type AccountOptions, createAccount } from './account.ts';
import { apiRoutes } from './api/router.ts';
import { controlRoutes } from './control.ts';
import { toResponse } from './errors.ts';
import { pageRoutes } from './pages/page-routes.ts';

export type StripeServer = Awaited<ReturnType<typeof startStripeServer>>;

/**
 * Starts a stand-in for Stripe on loopback: the part of its REST API that billing uses, its hosted pages and its webhooks.
 * @param options with port 0, it chooses a free one
 */
export async function startStripeServer(options: AccountOptions & { port: number }) {
	const server = createServer().listen(options.port, '127.0.0.1');
	await once(server, 'listening');
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const account = createAccount(options, url);
	server.on('request', createApp(account));
	return {
		url,
		/** Stops at once. Everything that a response confirmed is stored. */
		stop: async (): Promise<void> => {
			const closed = once(server, 'close');
			server.close();
			server.closeAllConnections();
			await closed;
			await account.close();
		},
	};
}

function createApp(account: Account): express.Express {
	const app = express();
	app.disable('x-powered-by');
	app.set('etag', false);
	app.use(refuseOtherSites);
	app.use('/_control', controlRoutes(account));
	app.use(pageRoutes(account));
	app.use('/v1', apiRoutes(account));
	app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
		const { status, body } = toResponse(error);
		response.status(status).json(body);
	});
	return app;
}

/** Refuses requests that a browser on this machine sends for another site. Such sites may reach loopback addresses. */
function refuseOtherSites(request: Request, response: Response, next: NextFunction): void {
	const host = request.get('host') ?? '';
	const origin = request.get('origin');
	const isLoopback = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);
	response.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
	if (isLoopback && (origin === undefined || origin === `http://${host}`)) next();
	else response.status(403).json({ error: { message: 'The local Stripe is for this machine only.' } });
}
