/** Prices of Pro in US dollars. They must be those of the prices at Stripe, which the API doesn't know. */
export const PRICES = { monthly: 9, yearly: 90 } as const;
