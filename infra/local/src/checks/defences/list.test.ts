import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { REPOSITORY } from '../../stack/settings.ts';
import { cutsOf, needsServices } from './defence.ts';
import { quickSlice } from './defences-check.ts';
import { DEFENCES } from './list.ts';

const read = (file: string) => readFileSync(join(REPOSITORY, file), 'utf8');

describe('a defence that is held against the tests', () => {
	test.each(DEFENCES)('$name: is there', (defence) => {
		const texts = new Map<string, string>();
		for (const { file, code, without } of cutsOf(defence)) {
			const text = texts.get(file) ?? read(file);
			expect([file, code, text.split(code).length - 1]).toEqual([file, code, 1]);
			texts.set(
				file,
				text.replace(code, () => without),
			);
		}
		for (const [file, text] of texts) expect(text).not.toBe(read(file));
	});

	test.each(DEFENCES)('$name: has its test', ({ suite, test: name }) => {
		const text = read(suite);
		expect([suite, name, text.includes(name)]).toEqual([suite, name, true]);
	});

	test('has a name of its own', () => {
		expect(new Set(DEFENCES.map(({ name }) => name)).size).toBe(DEFENCES.length);
	});
});

describe('the slice that every run tries', () => {
	test('is the same for a seed, needs no services and waits for nothing', () => {
		const slice = quickSlice(DEFENCES, 4, 1);
		expect(slice).toHaveLength(4);
		expect(slice).toEqual(quickSlice(DEFENCES.toReversed(), 4, 1));
		expect(slice.filter((one) => needsServices(one) || one.isSlow)).toEqual([]);
	});

	test('is another one for another seed', () => {
		expect(quickSlice(DEFENCES, 4, 2)).not.toEqual(quickSlice(DEFENCES, 4, 1));
	});
});
