import { describe, expect, test } from '@jest/globals';
import { idSchema, newId, timeOfId } from './ids.ts';

describe('ids', () => {
	test('newId returns an id that only its own schema accepts', () => {
		const id = newId('fil');
		expect(idSchema('fil').safeParse(id).success).toBe(true);
		expect(idSchema('job').safeParse(id).success).toBe(false);
	});

	test('successive ids sort by time', () => {
		const ids = Array.from({ length: 1000 }, () => newId('job'));
		expect([...ids].sort()).toEqual(ids);
	});

	test('timeOfId returns when an id was made', () => {
		expect(timeOfId('fil_01ARZ3NDEKTSV4RRFFQ69G5FAV')).toEqual(new Date('2016-07-30T23:54:10.259Z'));
	});

	test.each([
		'fil_',
		'fil_01J',
		'fil_8ZZZZZZZZZZZZZZZZZZZZZZZZZ',
		'fil_01ARZ3NDEKTSV4RRFFQ69G5FAU',
		'01ARZ3NDEKTSV4RRFFQ69G5FAV',
	])('%s is not a file id', (text) => {
		expect(idSchema('fil').safeParse(text).success).toBe(false);
	});
});
