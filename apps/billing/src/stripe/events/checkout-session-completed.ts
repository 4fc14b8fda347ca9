import { customerOfObject, type EventReader } from '../event-reader.ts';

/** A checkout was paid: there is a subscription now. */
export const checkoutSessionCompleted: EventReader = {
	types: ['checkout.session.completed'],
	customerOf: customerOfObject,
};
