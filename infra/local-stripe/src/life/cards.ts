export type Decline = { code: string; declineCode: string; message: string };

/** Stripe's test card that is always paid. */
export const GOOD_CARD = '4242424242424242';
/** Stripe's test card that is always declined. */
export const BAD_CARD = '4000000000000002';

const DECLINES: Record<string, Decline> = {
	[BAD_CARD]: decline('card_declined', 'generic_decline', 'Your card was declined.'),
	'4000000000000341': decline('card_declined', 'generic_decline', 'Your card was declined.'),
	'4000000000009995': decline('card_declined', 'insufficient_funds', 'Your card has insufficient funds.'),
	'4000000000009987': decline('card_declined', 'lost_card', 'Your card was declined.'),
	'4000000000000069': decline('expired_card', 'expired_card', 'Your card has expired.'),
	'4000000000000127': decline('incorrect_cvc', 'incorrect_cvc', "Your card's security code is incorrect."),
	'4000000000000119': decline(
		'processing_error',
		'processing_error',
		'An error occurred while processing your card.',
	),
};
const GOOD_CARDS = [GOOD_CARD, '5555555555554444', '378282246310005', '4000056655665556'];

/** Why a card is declined; null when it is paid. Stripe's published test cards and no others are known. */
export function declineOf(cardNumber: string): Decline | null {
	const digits = cardNumber.replaceAll(/[\s-]/g, '');
	if (GOOD_CARDS.includes(digits)) return null;
	return (
		DECLINES[digits] ??
		decline(
			'card_declined',
			'test_mode_live_card',
			'Your card was declined. Your request was in test mode, but used a non test card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
		)
	);
}

function decline(code: string, declineCode: string, message: string): Decline {
	return { code, declineCode, message };
}
