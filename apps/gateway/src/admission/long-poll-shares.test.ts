import { expect, test } from '@jest/globals';
import { createLongPollShares, type LongPollShares } from './long-poll-shares.ts';

/** Lets networks take long polls in turn until the shares of all are used up. Returns how many they have together. */
function takeAll(shares: LongPollShares, networks: readonly string[]): number {
	let taken = 0;
	for (let left = networks; left.length > 0; left = left.filter((network) => !shares.isUsedUp(network)))
		for (const network of left) {
			if (shares.isUsedUp(network)) continue;
			shares.add(network);
			taken += 1;
		}
	return taken;
}

const addresses = (count: number) => Array.from({ length: count }, (_, index) => `192.0.2.${index}`);

test('one network gets a fifth of the long polls', () => {
	expect(takeAll(createLongPollShares(1_000), addresses(1))).toBe(200);
});

test('a network gets its share after 40 others have taken all they can', () => {
	const shares = createLongPollShares(1_000);
	takeAll(shares, addresses(40));
	expect(takeAll(shares, ['203.0.113.1'])).toBeGreaterThan(10);
});

test('the networks of one IPv6 site get half of the long polls', () => {
	const networks = Array.from({ length: 99 }, (_, index) => `2001:db8:1:${(256 + index).toString(16)}::/64`);
	expect(takeAll(createLongPollShares(1_000), networks)).toBe(500);
});

test('many networks together get all, and no more', () => {
	expect(takeAll(createLongPollShares(10), addresses(20))).toBe(10);
});

test('a long poll that ends makes room for another network', () => {
	const shares = createLongPollShares(1);
	const end = shares.add('192.0.2.1');
	expect(shares.isUsedUp('192.0.2.2')).toBe(true);
	end();
	expect(shares.isUsedUp('192.0.2.2')).toBe(false);
});
