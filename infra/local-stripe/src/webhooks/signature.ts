import { createHmac } from 'node:crypto';

/**
 * The `Stripe-Signature` of a body. In test mode Stripe adds a signature of another scheme, which receivers have to
 * pass over.
 */
export function signatureHeader(body: string, secret: string, now = new Date()): string {
	const time = Math.floor(now.getTime() / 1000);
	const sign = (key: string): string => createHmac('sha256', key).update(`${time}.${body}`).digest('hex');
	return `t=${time},v1=${sign(secret)},v0=${sign(`test-${secret}`)}`;
}
