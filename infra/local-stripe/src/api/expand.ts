import { invalidRequest } from '../errors.ts';
import { termsOf } from '../life/checkout.ts';
import { type LineItem, listOf, type Stored } from '../objects/wire.ts';
import type { Ledger } from '../state/ledger.ts';

const DEEPEST = 4;

type Fields = Record<string, unknown>;

/** Puts whole objects in the place of the ids that `expand` names, and adds what is shown only on demand. */
export function expandAll(ledger: Ledger, answer: object, paths: string[] = []): object {
	const copy: Fields = structuredClone({ ...answer });
	for (const path of paths) {
		const steps = path.split('.');
		if (steps.length > DEEPEST) {
			throw invalidRequest(`You cannot expand more than ${DEEPEST} levels of a property. Property: ${path}`);
		}
		expandPath(ledger, copy, steps, path);
	}
	return copy;
}

function expandPath(ledger: Ledger, target: unknown, [step, ...rest]: string[], path: string): void {
	if (step === undefined || target === null) return;
	if (Array.isArray(target)) {
		for (const element of target) expandPath(ledger, element, [step, ...rest], path);
		return;
	}
	const fields = target as Fields;
	const value = fields[step] ?? onDemand(ledger, fields, step);
	if (value === undefined) {
		throw invalidRequest(`This property cannot be expanded (${path}).`);
	}
	fields[step] = typeof value === 'string' ? (ledger.findAny(value) ?? value) : value;
	const isLeaf = typeof value === 'string' && typeof fields[step] === 'string';
	if (isLeaf) throw invalidRequest(`This property cannot be expanded (${path}).`);
	expandPath(ledger, fields[step], rest, path);
}

/** Null, unlike undefined, is a property that has nothing in it now. */
function onDemand(ledger: Ledger, fields: Fields, property: string): unknown {
	const object = fields as unknown as Stored;
	if (object.object === 'checkout.session' && property === 'line_items') return lineItems(ledger, object.id);
	if (object.object === 'customer' && property === 'subscriptions') {
		const live = [...ledger.newestFirst('subscription', { customer: object.id })].filter(
			({ status }) => status !== 'canceled',
		);
		return listOf(live, `/v1/customers/${object.id}/subscriptions`);
	}
	return property in fields ? null : undefined;
}

/** What a checkout session sells. */
export function lineItems(ledger: Ledger, session: string): ReturnType<typeof listOf<LineItem>> {
	const { price: priceId, quantity } = termsOf(ledger, session);
	const price = ledger.find('price', priceId);
	if (price === undefined) throw new Error(`${session} sells no known price`);
	const amount = price.unit_amount * quantity;
	const item: LineItem = {
		id: `li_${session.slice(-24)}`,
		object: 'item',
		adjustable_quantity: null,
		amount_discount: 0,
		amount_subtotal: amount,
		amount_tax: 0,
		amount_total: amount,
		currency: price.currency,
		description: 'creatorr Pro',
		metadata: {},
		price,
		quantity,
	};
	return listOf([item], `/v1/checkout/sessions/${session}/line_items`);
}
