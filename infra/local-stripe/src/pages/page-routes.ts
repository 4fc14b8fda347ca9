import express, { type Response, type Router } from 'express';
import type { Account } from '../account.ts';
import type { Transaction } from '../state.ts';
import { checkoutPage } from './checkout-page.ts';
import type { Reply } from './html.ts';
import { portalPage } from './portal-page.ts';

/** Returns the page of a session. `form` is what the user submitted; undefined when they open the page. */
type Page = (tx: Transaction, sessionId: string, form?: object) => Reply;

/** Serves the hosted pages. */
export function pageRoutes(account: Account): Router {
	const router = express.Router();
	const serve = (path: string, page: Page): void => {
		const respond = (id: string, response: Response, form?: object): void => {
			const reply = account.act((tx) => page(tx, id, form));
			if ('location' in reply) response.redirect(303, reply.location);
			else response.status(reply.status).send(reply.body);
		};
		router
			.route(path)
			.get(({ params }, response) => respond(String(params.id), response))
			.post(express.urlencoded({ extended: false }), ({ params, body = {} }, response) =>
				respond(String(params.id), response, body),
			);
	};
	serve('/c/pay/:id', checkoutPage);
	serve('/p/session/:id', portalPage);
	return router;
}
