/** Stripe's test card that pays. */
export const GOOD_CARD = '4242424242424242';
/** Stripe's test card that is declined. */
export const BAD_CARD = '4000000000000002';

const GOOD_CARDS = [GOOD_CARD, '5555555555554444', '378282246310005', '4000056655665556'];
/** Messages of declines, by card. */
const DECLINES: Record<string, string> = {
	[BAD_CARD]: 'Your card was declined.',
	'4000000000000341': 'Your card was declined.',
	'4000000000009995': 'Your card has insufficient funds.',
	'4000000000009987': 'Your card was declined.',
	'4000000000000069': 'Your card has expired.',
	'4000000000000127': "Your card's security code is incorrect.",
	'4000000000000119': 'An error occurred while processing your card.',
};

/** Returns why a card is declined, null for one that pays. Accepts Stripe's test cards only. */
export function declineOf(cardNumber: string): string | null {
	const digits = cardNumber.replaceAll(/[\s-]/g, '');
	if (GOOD_CARDS.includes(digits)) return null;
	return DECLINES[digits] ?? 'Your card was declined: it is none of https://stripe.com/docs/testing.';
}
