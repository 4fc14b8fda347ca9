/** Stripe's test card that pays. */
export const GOOD_CARD = '4242424242424242';
/** Stripe's test card that is declined. */
export const BAD_CARD = '4000000000000002';

/** Messages of declines, by card. */
const DECLINES: Record<string, string> = {
	[BAD_CARD]: 'Your card was declined.',
	'4000000000009995': 'Your card has insufficient funds.',
};

/** Returns why a card is declined, null for one that pays. Declines all cards but the test cards, so that users don't enter real ones. */
export function declineOf(cardNumber: string): string | null {
	const digits = cardNumber.replaceAll(/[\s-]/g, '');
	if (digits === GOOD_CARD) return null;
	return DECLINES[digits] ?? `Use a test card here: ${GOOD_CARD} pays, ${BAD_CARD} is declined.`;
}
