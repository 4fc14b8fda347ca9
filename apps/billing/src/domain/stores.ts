import type { Plan } from '@creatorr/contracts/plans';
import type { Customer } from './customer.ts';
import type { Subscription } from './subscription.ts';

/** Who granted or took back, and why. */
export interface GrantAct {
	operator: string;
	action: 'pro_granted' | 'grant_revoked';
	/** Until when. */
	subject?: string;
	reason: string;
}

/** What may be done with a customer while its row is locked. All of it is written together, or nothing. */
export interface LockedCustomer {
	customer: Customer;
	/** Has whoever comes next, also after a crash, ask Stripe for the customer until its id is known. */
	announceStripeCustomer(): Promise<void>;
	/** Shows in `customer` at once. */
	setStripeCustomer(stripeCustomerId: string): Promise<void>;
	/** Stripe no longer knows the customer; another one may be asked for. */
	forgetStripeCustomer(): Promise<void>;
	setCheckoutUntil(until: Date): Promise<void>;
	/** The events that are waiting now: what is read from Stripe after this covers them. */
	waitingEvents(): Promise<string[]>;
	/** Empties what the events of this user say, and forgets what operators did. */
	forgetUser(): Promise<void>;
	/** As Stripe said them last. */
	knownSubscriptions(): Promise<Subscription[]>;
	/** From now on this is granted, or nothing is; a changed plan is told to the other services. */
	setGrant(grant: { until: Date | null; plan: Plan; by: GrantAct }): Promise<void>;
	/** What Stripe says, and what follows; a changed plan is told to the other services. */
	record(said: {
		subscriptions: readonly Subscription[];
		plan: Plan;
		appliedEvents: readonly string[];
		nextSyncAt: Date | null;
	}): Promise<void>;
}

/** Whose turn it is among those who are due: by an event, for which somebody may be waiting, or by the time alone. */
export type Due = 'events' | 'events first' | 'time first';

export interface CustomerStore {
	/**
	 * Locks the customer of a user, who gets a row where there is none, while `work` runs: nobody else reads or asks Stripe
	 * anything for this user meanwhile.
	 */
	withCustomer<T>(userId: string, work: (locked: LockedCustomer) => Promise<T>): Promise<T>;
	/**
	 * The same for some customer of whom Stripe has to be asked now and whom nobody has locked; false when there is none.
	 */
	withDueCustomer(due: Due, work: (locked: LockedCustomer) => Promise<void>): Promise<boolean>;
	/** Null for a user who has never been here. */
	find(userId: string): Promise<{ customer: Customer; subscriptions: Subscription[] } | null>;
	/** Has the customer erased at Stripe and never served again. */
	markDeleted(userId: string): Promise<void>;
	/** Lets the next attempt wait, longer after each failure, unless a new event comes. */
	postpone(userId: string): Promise<void>;
}

export interface ReceivedEvent {
	id: string;
	type: string;
	payload: unknown;
	/** What may be kept of an event that is about nobody here. */
	summary: { id: string; type: string; customer: string | null };
}

export interface EventStore {
	/**
	 * Records an event once, as waiting for its customer's user where there is one; false when it was here before. Of others,
	 * and of users whose account is gone, only the summary is kept.
	 */
	record(event: ReceivedEvent, stripeCustomerId: string | null): Promise<boolean>;
}
