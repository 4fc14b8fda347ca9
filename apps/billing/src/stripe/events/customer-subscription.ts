import { customerOfObject, type EventReader } from '../event-reader.ts';

/** All that can happen to a subscription, `customer.subscription.*`. */
export const customerSubscription: EventReader = {
	types: ['created', 'updated', 'deleted', 'paused', 'resumed', 'trial_will_end'].map(
		(change) => `customer.subscription.${change}`,
	),
	customerOf: customerOfObject,
};
