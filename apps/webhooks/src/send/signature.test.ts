import { expect, test } from '@jest/globals';
import { runShellExample } from '../testing/verifiers.ts';
import { signatureHeaders } from './signature.ts';

test('the shell example of the docs prints the signature of its delivery', () => {
	const { variable, body, output, documented } = runShellExample();
	const headers = signatureHeaders({
		id: variable('MESSAGE_ID'),
		body,
		secrets: [variable('SECRET')],
		sentAt: new Date(1_000 * Number(variable('TIMESTAMP'))),
	});
	expect([output, documented]).toEqual(Array(2).fill(headers['webhook-signature']));
});
