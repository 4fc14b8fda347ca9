import { randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** As long as Stripe's, whose columns in other people's databases they must fit. */
const LENGTHS = {
	cus: 14,
	cs_test: 58,
	sub: 24,
	si: 14,
	in: 24,
	il: 24,
	li: 24,
	evt: 24,
	bps: 24,
	req: 14,
} as const;

/** A new id in Stripe's form: `cus_…`, `cs_test_…`. */
export function newId(prefix: keyof typeof LENGTHS): string {
	const characters = Array.from({ length: LENGTHS[prefix] }, () => ALPHABET[randomInt(ALPHABET.length)]);
	return `${prefix}_${characters.join('')}`;
}
