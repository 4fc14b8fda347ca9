import { customerOfObject, type EventReader } from '../event-reader.ts';

/** A period was paid: what was past due is active again. */
export const invoicePaid: EventReader = { types: ['invoice.paid'], customerOf: customerOfObject };
