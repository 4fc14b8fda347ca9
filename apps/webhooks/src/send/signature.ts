import { createHmac } from 'node:crypto';

interface SignedMessage {
	/** The event's id. */
	id: string;
	/** When the attempt is made. */
	sentAt: Date;
	/** The body exactly as it is sent. */
	body: string;
	/** `whsec_` and a key in base64 each. */
	secrets: readonly string[];
}

/** Returns the headers of Standard Webhooks 1.0, with one signature for each secret. */
export function signatureHeaders({ id, sentAt, body, secrets }: SignedMessage): Record<string, string> {
	const timestamp = String(Math.floor(sentAt.getTime() / 1_000));
	const signatures = secrets.map((secret) => {
		const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
		return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
	});
	return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
