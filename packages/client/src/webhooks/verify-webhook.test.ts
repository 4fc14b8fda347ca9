import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { verifyWebhook, WebhookVerificationError } from './verify-webhook.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const BODY = JSON.stringify({
	type: 'job.failed',
	timestamp: '2026-12-01T00:00:00Z',
	data: { job_id: 'job_1' },
});
const now = () => Math.floor(Date.now() / 1_000);

function headersFor(body = BODY, { timestamp = now(), secret = SECRET } = {}) {
	const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
	const signature = createHmac('sha256', key).update(`evt_1.${timestamp}.${body}`).digest('base64');
	return {
		'webhook-id': 'evt_1',
		'webhook-timestamp': String(timestamp),
		'webhook-signature': `v1,${signature}`,
	};
}

describe('verifyWebhook', () => {
	test('returns the event of a delivery, whatever form headers and body have', async () => {
		const event = { id: 'evt_1', ...JSON.parse(BODY) };
		const headers = headersFor();
		expect(await verifyWebhook(headers, BODY, SECRET)).toEqual(event);
		expect(await verifyWebhook(new Headers(headers), Buffer.from(BODY), SECRET)).toEqual(event);
	});

	test('accepts a delivery that is signed with an old and a new secret', async () => {
		const headers = headersFor();
		const signatures = `v1a,AAAA v1,AAAA ${headers['webhook-signature']}`;
		await verifyWebhook({ ...headers, 'webhook-signature': signatures }, BODY, SECRET);
	});

	test.each([
		['another body', headersFor(), '{}'],
		['another secret', headersFor(BODY, { secret: `whsec_${Buffer.alloc(32, 8).toString('base64')}` }), BODY],
		['another ID', { ...headersFor(), 'webhook-id': 'evt_2' }, BODY],
		['no signature', { ...headersFor(), 'webhook-signature': '' }, BODY],
		['a signature that is not base64', { ...headersFor(), 'webhook-signature': 'v1,§' }, BODY],
		['a missing header', { 'webhook-id': 'evt_1' }, BODY],
		['a timestamp of six minutes ago', headersFor(BODY, { timestamp: now() - 360 }), BODY],
		['a timestamp in six minutes', headersFor(BODY, { timestamp: now() + 360 }), BODY],
		['a timestamp that is no number', { ...headersFor(), 'webhook-timestamp': 'now' }, BODY],
	])('rejects a request with %s', async (_, headers, body) => {
		await expect(verifyWebhook(headers, body, SECRET)).rejects.toThrow(WebhookVerificationError);
	});
});
