import { expect, test } from '@jest/globals';
import { createSlots } from './slots.ts';

const never = new AbortController().signal;

test('no more than the count run at once, and the others in order', async () => {
	const slots = createSlots(2);
	const order: string[] = [];
	const leave = [await slots.take(never), await slots.take(never)];
	const third = slots.take(never).then((giveBack) => {
		order.push('third');
		return giveBack;
	});
	const fourth = slots.take(never).then(() => order.push('fourth'));
	await new Promise((resolve) => setImmediate(resolve));
	expect(order).toEqual([]);
	leave[0]?.();
	const leaveThird = await third;
	expect(order).toEqual(['third']);
	leaveThird();
	await fourth;
	expect(order).toEqual(['third', 'fourth']);
});

test('who stops waiting leaves the line and takes nobody’s slot', async () => {
	const slots = createSlots(1);
	const leave = await slots.take(never);
	const impatient = new AbortController();
	const waiting = slots.take(impatient.signal);
	impatient.abort(new Error('enough'));
	await expect(waiting).rejects.toThrow('enough');
	leave();
	await slots.take(never);
});
