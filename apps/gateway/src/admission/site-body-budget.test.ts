import { EventEmitter } from 'node:events';
import { completeFile } from '@creatorr/contracts/files';
import { expect, test } from '@jest/globals';
import type { Exchange } from '../exchange.ts';
import { createBodyBudget } from './body-budget.ts';

test('the networks of one IPv6 site together have four times the budget of one network', () => {
	const admitBody = createBodyBudget({ maxBodyBytesPerNetwork: 1_000 });
	/** Starts a body that takes the whole budget of a network. */
	const begin = (index: number) => {
		const res = new EventEmitter();
		const req = { headers: { 'content-length': '1000' } };
		const exchange = { req, res, clientNetwork: `2001:db8:1:ab0${index}::/64` };
		admitBody(exchange as unknown as Exchange, completeFile);
		return res;
	};
	const [first] = [0, 1, 2, 3].map(begin);
	expect(() => begin(4)).toThrow(expect.objectContaining({ code: 'rate_limited' }));
	first?.emit('close');
	begin(4);
});
