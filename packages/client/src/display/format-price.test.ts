import { expect, test } from '@jest/globals';
import { formatPrice } from './format-price.ts';

test.each([
	[900, 'USD', '$9'],
	[950, 'EUR', '€9.50'],
	[1_200, 'JPY', '¥1,200'],
	[100_000, 'USD', '$1,000'],
])('formats %i of the smallest unit of %s as %s', (amount, currency, text) => {
	expect(formatPrice({ amount, currency })).toBe(text);
});
