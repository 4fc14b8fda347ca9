import { expect, test } from '@jest/globals';
import { isMet, renderSection } from './section.ts';

test('prints each figure with its target and whether it is met', () => {
	const figures = [
		{ name: 'score', value: 0.4, bar: { atMost: 0.35 } },
		{ name: 'pages', value: 31.25, unit: 'a minute', bar: { atLeast: 30 } },
		{ name: 'jobs', value: Number.NaN, bar: { atMost: 1 } },
	];
	expect(figures.map(isMet)).toEqual([false, true, false]);
	expect(renderSection({ title: 'a tool', figures, files: [{ file: 'x.pdf', s: 12 }] }).split('\n')).toEqual([
		...['', 'a tool', 'rows'],
		...['  file   s', '  x.pdf  12', '', 'figures'],
		'  name   value          bar      verdict',
		'  score  0.400          ≤ 0.350  MISSED',
		'  pages  31.3 a minute  ≥ 30     met',
		'  jobs   not measured   ≤ 1      MISSED',
		'',
	]);
});
