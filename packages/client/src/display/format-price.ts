import type { Plan } from '../types.ts';

type Price = NonNullable<Plan['prices']>['monthly'];

/** Formats a price: "$9", "€9.50". */
export function formatPrice({ amount, currency }: Price): string {
	const format = new Intl.NumberFormat('en-US', { style: 'currency', currency });
	const { maximumFractionDigits: digits = 2 } = format.resolvedOptions();
	// "$9" instead of "$9.00"
	return format.format(amount / 10 ** digits).replace(/\.0+$/, '');
}
