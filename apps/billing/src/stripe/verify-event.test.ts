import { AppError } from '@creatorr/contracts/errors';
import { isStorableText } from '@creatorr/contracts/text';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import Stripe from 'stripe';
import { customerOfEvent } from '../webhook/event-types.ts';
import { verifyEvent } from './verify-event.ts';

const SECRET = 'whsec_test';
const RUNS = 300;

const anything = fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' });
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('invoice.paid', 'evt_1', 'cus_1'));
const orAnything = (value: fc.Arbitrary<unknown>) =>
	fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: anything });

/** Generates events of Stripe of which any part may be missing or anything else. */
const event = fc.record(
	{
		id: orAnything(text),
		type: orAnything(text),
		data: orAnything(
			fc.record({ object: orAnything(fc.record({ customer: orAnything(text) }, { requiredKeys: [] })) }),
		),
	},
	{ requiredKeys: [] },
);

test('verifyEvent returns a storable event for any signed JSON, or refuses it as the sender’s error', async () => {
	const property = fc.property(fc.oneof(event, anything), (value) => {
		const payload = JSON.stringify(value);
		const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET });
		try {
			const { id, type, object } = verifyEvent(Buffer.from(payload), signature, [SECRET]);
			const customer = customerOfEvent(type, object);
			for (const stored of [id, type, customer ?? '']) {
				expect(isStorableText(stored)).toBe(true);
				expect(stored.length).toBeLessThan(256);
			}
		} catch (error) {
			if (!(error instanceof AppError) || error.code !== 'validation') throw error;
		}
	});
	await fc.assert(property, { numRuns: RUNS });
});
