import { describe, expect, test } from '@jest/globals';
import { countOf, parseScale, replicaNames } from './scale.ts';

describe('parseScale', () => {
	test('is one of each unless told otherwise', () => {
		expect(parseScale([])).toEqual({ gateway: 1 });
		expect(countOf('jobs', parseScale([]))).toBe(1);
	});

	test('takes several, with either spelling of the option', () => {
		expect(parseScale(['--scale', 'tool-worker=2', '--scale=jobs=3'])).toEqual({
			gateway: 1,
			jobs: 3,
			'tool-worker': 2,
		});
	});

	test.each(['postgres=2', 'gateway=0', 'gateway=99', 'gateway', 'gateway=two', '=2'])(
		'refuses --scale %s',
		(entry) => {
			expect(() => parseScale(['--scale', entry])).toThrow(/Use --scale NAME=N/);
		},
	);

	test.each([[['--replicas', '2']], [['gateway=2']], [['--scale']]])('refuses %j', (args) => {
		expect(() => parseScale(args)).toThrow(/The only option is --scale/);
	});
});

test('replicas are numbered from the second on', () => {
	expect(replicaNames('gateway', 3)).toEqual(['gateway', 'gateway-2', 'gateway-3']);
});
