import { settleAll } from './life/time.ts';
import { PRICES, PRODUCT } from './objects/catalogue.ts';
import type { Event } from './objects/wire.ts';
import { type Answers, createAnswers } from './state/answers.ts';
import { openDatabase, transact } from './state/database.ts';
import { createDeliveries, type Deliveries } from './state/deliveries.ts';
import { createKeysInUse, type KeysInUse } from './state/keys-in-use.ts';
import { type Cause, createLedger, type Ledger, OWN_DOING } from './state/ledger.ts';
import { createObjectStore } from './state/objects.ts';
import { createSwitches, type Switches } from './switches.ts';
import { createDispatcher, type Dispatcher } from './webhooks/dispatcher.ts';
import { type Attempt, postEvent } from './webhooks/post-event.ts';

/** How often it is looked for what has become due by itself. */
const TICK_MS = 30_000;
const EVENTS_KEPT_SECONDS = 30 * 24 * 60 * 60;

export type AccountOptions = {
	/** An SQLite file; made when it is not there. Only one process may use it at a time. */
	stateFile: string;
	/** Of the form `sk_test_…`. */
	secretKey: string;
	/** Of the form `whsec_…`. */
	webhookSecret: string;
	webhookUrl: string;
};

/** One account at the local Stripe: all that it has, and how it is changed. */
export type Account = {
	secretKey: string;
	switches: Switches;
	answers: Answers;
	keysInUse: KeysInUse;
	deliveries: Deliveries;
	dispatcher: Dispatcher;
	/** Does all of the work or nothing of it, then sends the events that it recorded. */
	act: <T>(cause: Cause, work: (ledger: Ledger) => T) => T;
	/** Sends an event at once, apart from its deliveries. */
	post: (event: Event) => Promise<Attempt>;
	/** @param pagesUrl where the hosted pages are, known only once the server listens */
	open: (pagesUrl: string) => void;
	close: () => Promise<void>;
};

export function createAccount(options: AccountOptions): Account {
	const database = openDatabase(options.stateFile);
	const objects = createObjectStore(database);
	const answers = createAnswers(database);
	const deliveries = createDeliveries(database);
	const switches = createSwitches(options.webhookUrl);
	const stop = new AbortController();
	const post = (event: Event): Promise<Attempt> =>
		postEvent({ url: switches.webhooks.url, secret: options.webhookSecret }, event, stop.signal);
	const dispatcher = createDispatcher(deliveries, switches.webhooks, async (id) => {
		const event = objects.find('event', id);
		return event === undefined ? { isDelivered: true, outcome: 'forgotten' } : post(event);
	});
	let [pagesUrl, timer] = ['', undefined as NodeJS.Timeout | undefined];

	const act: Account['act'] = (cause, work) => {
		const now = Math.floor(Date.now() / 1000);
		const { renewals } = switches;
		const world = { cause, now, pagesUrl, renewals, send: dispatcher.enqueue };
		const result = transact(database, () => work(createLedger(objects, world)));
		dispatcher.wake();
		return result;
	};
	const tick = (): void =>
		act(OWN_DOING, (ledger) => {
			settleAll(ledger);
			answers.forget(ledger.now);
			objects.forget('event', ledger.now - EVENTS_KEPT_SECONDS);
			deliveries.forget((ledger.now - EVENTS_KEPT_SECONDS) * 1000);
		});
	return {
		secretKey: options.secretKey,
		switches,
		answers,
		keysInUse: createKeysInUse(),
		deliveries,
		dispatcher,
		act,
		post,
		open: (url) => {
			pagesUrl = url;
			act(OWN_DOING, (ledger) => {
				for (const object of [PRODUCT, ...PRICES]) ledger.put(object);
			});
			tick();
			timer = setInterval(tick, TICK_MS).unref();
		},
		close: async () => {
			clearInterval(timer);
			stop.abort();
			await dispatcher.stop();
			database.close();
		},
	};
}
