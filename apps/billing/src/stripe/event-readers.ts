import type { EventReader } from './event-reader.ts';
import { checkoutSessionCompleted } from './events/checkout-session-completed.ts';
import { customerSubscription } from './events/customer-subscription.ts';
import { invoicePaid } from './events/invoice-paid.ts';
import { invoicePaymentFailed } from './events/invoice-payment-failed.ts';

const READERS: readonly EventReader[] = [
	checkoutSessionCompleted,
	customerSubscription,
	invoicePaid,
	invoicePaymentFailed,
];

const BY_TYPE = new Map(READERS.flatMap((reader) => reader.types.map((type) => [type, reader] as const)));

/** The customer whom an event concerns; null for a type that nothing here depends on. */
export function customerOfEvent(type: string, object: unknown): string | null {
	return BY_TYPE.get(type)?.customerOf(object) ?? null;
}
