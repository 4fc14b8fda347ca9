import { invalidRequest } from '../errors.ts';
import { API_VERSION } from '../objects/wire.ts';

/** From here on periods belong to subscription items, and an invoice has its subscription in `parent`. */
const BASIL = '2025-03-31';
/** From here on a hosted page is called so. */
const CLOVER = '2025-09-30';
const OLDEST = '2011-01-01';

/** The version that a request asks for, or the one that everything is in. */
export function requestedVersion(header: string | undefined): string {
	if (header === undefined || header === '') return API_VERSION;
	const isVersion =
		/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(header) && header >= OLDEST && header <= API_VERSION;
	if (isVersion) return header;
	throw invalidRequest(`Invalid Stripe API version: ${header}`, { beforeExecution: true });
}

/** An object, or a list of some, as an older version of the API shows it. */
export function inVersion(value: unknown, version: string): unknown {
	if (Array.isArray(value)) return value.map((element) => inVersion(element, version));
	if (typeof value !== 'object' || value === null) return value;
	const fields: Record<string, unknown> = { ...value };
	// an event stays as it was recorded
	if (fields.object === 'event') return value;
	const older = version < BASIL ? beforeBasil(fields) : fields;
	if (older.ui_mode === 'hosted_page' && version < CLOVER) older.ui_mode = 'hosted';
	return Object.fromEntries(Object.entries(older).map(([key, inner]) => [key, inVersion(inner, version)]));
}

function beforeBasil(fields: Record<string, unknown>): Record<string, unknown> {
	if (fields.object === 'subscription') {
		const { items } = fields as { items: { data: Record<string, unknown>[] } };
		const [{ current_period_start: start, current_period_end: end } = {}] = items.data;
		return { ...fields, current_period_start: start, current_period_end: end };
	}
	if (fields.object === 'subscription_item') {
		const { current_period_start: _start, current_period_end: _end, ...rest } = fields;
		return rest;
	}
	if (fields.object === 'invoice') {
		const { parent, ...rest } = fields as { parent: { subscription_details: { subscription: unknown } } };
		return {
			...rest,
			paid: fields.status === 'paid',
			subscription: parent.subscription_details.subscription,
		};
	}
	return fields;
}
