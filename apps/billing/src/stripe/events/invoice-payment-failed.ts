import { customerOfObject, type EventReader } from '../event-reader.ts';

/** A payment failed: the subscription may be past due now. */
export const invoicePaymentFailed: EventReader = {
	types: ['invoice.payment_failed'],
	customerOf: customerOfObject,
};
