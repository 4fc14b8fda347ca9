import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type NextFunction, type Request, type Response } from 'express';
import { type Account, type AccountOptions, createAccount } from './account.ts';
import { apiRoutes } from './api/routes.ts';
import { type Control, createControl } from './control.ts';
import { controlFailure, controlRoutes } from './control-routes.ts';
import { PRICE_IDS } from './objects/catalogue.ts';
import { checkoutPages } from './pages/checkout-page.ts';
import { portalPages } from './pages/portal-page.ts';

export type { Control } from './control.ts';
export { API_VERSION } from './objects/wire.ts';

export type StripeServer = {
	/** What the official client needs as host, port and protocol. */
	url: string;
	prices: { monthly: string; yearly: string };
	control: Control;
	/** Stops at once; everything that was answered is kept. */
	stop: () => Promise<void>;
};

/**
 * A stand-in for Stripe on this machine: the part of its REST API that the billing service uses, its hosted pages, and
 * its webhooks. For loopback only, for development and tests; all money is play money.
 */
export async function startStripeServer(
	options: AccountOptions & { /** 0 for any that is free. */ port: number },
): Promise<StripeServer> {
	const account = createAccount(options);
	const control = createControl(account);
	const server = createServer(createApp(account, control));
	try {
		server.listen(options.port, '127.0.0.1');
		await once(server, 'listening');
	} catch (error) {
		await account.close();
		throw error;
	}
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	account.open(url);
	return { url, prices: PRICE_IDS, control, stop: () => stop(server, account) };
}

function createApp(account: Account, control: Control): express.Express {
	const app = express();
	app.disable('x-powered-by');
	app.set('etag', false);
	app.use(refuseStrangers);
	app.use('/_control', controlRoutes(control, account.secretKey));
	app.use(checkoutPages(account));
	app.use(portalPages(account));
	app.use(apiRoutes(account));
	app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
		const { status, message } = controlFailure(error);
		if (status >= 500) process.stderr.write(`${error instanceof Error ? error.stack : message}\n`);
		if (!response.headersSent) response.status(status).json({ error: { message } });
	});
	return app;
}

/** Keeps out what a browser on this machine sends for a site elsewhere, which may reach loopback addresses. */
function refuseStrangers(request: Request, response: Response, next: NextFunction): void {
	const host = request.get('host') ?? '';
	const origin = request.get('origin');
	const isOurs = /^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host);
	response.set('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
	if (isOurs && (origin === undefined || origin === `http://${host}`)) next();
	else response.status(403).json({ error: { message: 'The local Stripe is for this machine only.' } });
}

async function stop(server: Server, account: Account): Promise<void> {
	const closed = once(server, 'close');
	server.close();
	server.closeAllConnections();
	await closed;
	await account.close();
}
