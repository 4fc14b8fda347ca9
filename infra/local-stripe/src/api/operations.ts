import type { Operation } from './operation.ts';
import { checkoutSessionOperations } from './operations/checkout-sessions.ts';
import { customerOperations } from './operations/customers.ts';
import { eventOperations } from './operations/events.ts';
import { invoiceOperations } from './operations/invoices.ts';
import { portalOperations } from './operations/portal-sessions.ts';
import { priceOperations } from './operations/prices.ts';
import { subscriptionOperations } from './operations/subscriptions.ts';

/** The part of Stripe's API that the billing service uses. */
export const OPERATIONS: Operation[] = [
	...customerOperations,
	...checkoutSessionOperations,
	...subscriptionOperations,
	...portalOperations,
	...eventOperations,
	...priceOperations,
	...invoiceOperations,
];
