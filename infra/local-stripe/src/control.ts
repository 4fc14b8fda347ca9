import type { Account } from './account.ts';
import { invalidRequest, notFound } from './errors.ts';
import { type Decline, GOOD_CARD } from './life/cards.ts';
import { payCheckout } from './life/checkout.ts';
import { advance, payOpenInvoice } from './life/time.ts';
import type { CheckoutSession, Event, Subscription, Wallet } from './objects/wire.ts';
import type { Delivery } from './state/deliveries.ts';
import { type Ledger, OWN_DOING } from './state/ledger.ts';
import type { ApiSwitches, RenewalSwitches, Switches, WebhookSwitches } from './switches.ts';

/** How cards behave when subscriptions are charged. */
type Payments = Wallet['payments'];

export type Sent = { event: string; isDelivered: boolean; outcome: string };

/** What a test, or a person with curl, may do to the local Stripe that nobody can do to Stripe. */
export type Control = {
	/** Turns switches and answers how all stand. */
	turn: (changes: {
		webhooks?: Partial<WebhookSwitches>;
		api?: Partial<ApiSwitches>;
		renewals?: Partial<RenewalSwitches>;
	}) => Switches;
	/** Pays an open checkout session, as its page does. */
	pay: (
		session: string,
		payment?: { card?: string | undefined; email?: string | undefined },
	) => { session: CheckoutSession; decline: Decline | null };
	/** From now on, renewals of this subscription (of all of its customer's) succeed or fail. */
	setPayments: (subscription: string, payments: Payments) => void;
	/**
	 * Lets time pass for one subscription: to the next thing that happens to it (the end of its period, or a further
	 * attempt at an unpaid renewal, the third of which is the last), or by `seconds`. Its past is moved back for that.
	 */
	advance: (
		subscription: string,
		how?: { seconds?: number | undefined; payments?: Payments | undefined },
	) => Subscription;
	/** Tries now to collect what a subscription owes. */
	retryPayment: (subscription: string, payments: Payments) => Subscription;
	/** Sends events now, whatever the switches say: one after another, the copies of each at once. */
	deliver: (events: string[], how?: { copies?: number | undefined }) => Promise<Sent[]>;
	/** The last deliveries, the newest first. */
	deliveries: () => Delivery[];
	/** Gives up on all deliveries that are pending, and says how many those were. */
	dropPending: () => number;
	/** All events that there are, the oldest first. */
	events: () => Event[];
	/** Resolves when no delivery is on its way or due. */
	idle: () => Promise<void>;
};

const SHOWN_DELIVERIES = 1000;

export function createControl(account: Account): Control {
	const withSubscription = <T>(id: string, work: (ledger: Ledger, subscription: Subscription) => T): T =>
		account.act(OWN_DOING, (ledger) => {
			const subscription = ledger.find('subscription', id);
			if (subscription === undefined) throw notFound('subscription', id);
			return work(ledger, subscription);
		});
	const setPayments = (ledger: Ledger, { customer }: Subscription, payments: Payments): void =>
		ledger.put({ id: customer, object: 'wallet', payments });
	return {
		turn: ({ webhooks = {}, api = {}, renewals = {} }) => {
			Object.assign(account.switches.webhooks, webhooks);
			Object.assign(account.switches.api, api);
			Object.assign(account.switches.renewals, renewals);
			account.dispatcher.wake();
			return account.switches;
		},
		pay: (id, { card = GOOD_CARD, email } = {}) =>
			account.act(OWN_DOING, (ledger) => {
				const session = ledger.find('checkout.session', id);
				if (session === undefined) throw notFound('checkout.session', id);
				if (session.status !== 'open') throw invalidRequest(`The session is ${session.status}, not open.`);
				return payCheckout(ledger, session, { card, email });
			}),
		setPayments: (id, payments) =>
			withSubscription(id, (ledger, subscription) => setPayments(ledger, subscription, payments)),
		advance: (id, { seconds, payments } = {}) =>
			withSubscription(id, (ledger, subscription) => {
				if (payments !== undefined) setPayments(ledger, subscription, payments);
				return advance(ledger, subscription, seconds);
			}),
		retryPayment: (id, payments) =>
			withSubscription(id, (ledger, subscription) => {
				setPayments(ledger, subscription, payments);
				return payOpenInvoice(ledger, subscription, payments === 'succeed');
			}),
		deliver: async (ids, { copies = 1 } = {}) => {
			const sent: Sent[] = [];
			for (const event of findEvents(account, ids)) {
				const posts = Array.from({ length: copies }, () => account.post(event));
				const attempts = await Promise.all(posts);
				sent.push(...attempts.map((attempt) => ({ event: event.id, ...attempt })));
			}
			return sent;
		},
		deliveries: () => account.deliveries.latest(SHOWN_DELIVERIES),
		dropPending: () => account.deliveries.dropPending(),
		events: () => account.act(OWN_DOING, (ledger) => [...ledger.newestFirst('event')].reverse()),
		idle: account.dispatcher.idle,
	};
}

function findEvents(account: Account, ids: string[]): Event[] {
	return account.act(OWN_DOING, (ledger) =>
		ids.map((id) => {
			const event = ledger.find('event', id);
			if (event === undefined) throw notFound('event', id);
			return event;
		}),
	);
}
