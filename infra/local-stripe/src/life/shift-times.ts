const TIMES = new Set([
	'billing_cycle_anchor',
	'cancel_at',
	'canceled_at',
	'created',
	'current_period_end',
	'current_period_start',
	'effective_at',
	'end',
	'ended_at',
	'finalized_at',
	'next_payment_attempt',
	'paid_at',
	'period_end',
	'period_start',
	'start',
	'start_date',
	'voided_at',
]);
/** What exists apart from the object, or is the person's own. */
const APART = new Set(['metadata', 'plan', 'price']);

/** The same object as it would be, had everything happened so much later (or, with a negative number, earlier). */
export function shiftTimes<T>(value: T, seconds: number): T {
	if (Array.isArray(value)) return value.map((element) => shiftTimes(element, seconds)) as T;
	if (typeof value !== 'object' || value === null) return value;
	const shifted = Object.entries(value).map(([key, inner]) => {
		if (APART.has(key)) return [key, inner];
		return [key, TIMES.has(key) && typeof inner === 'number' ? inner + seconds : shiftTimes(inner, seconds)];
	});
	return Object.fromEntries(shifted) as T;
}
