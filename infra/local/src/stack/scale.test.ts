import { describe, expect, test } from '@jest/globals';
import { parseScale, replicaNames } from './scale.ts';

describe('parseScale', () => {
	test('returns one gateway by default, and the requested numbers in either spelling', () => {
		expect(parseScale([])).toEqual({ gateway: 1 });
		const args = ['--scale', 'tool-worker=2', '--scale=jobs=3'];
		expect(parseScale(args)).toEqual({ gateway: 1, jobs: 3, 'tool-worker': 2 });
	});

	test.each(['postgres=2', 'gateway=0', 'gateway=99', 'gateway', 'gateway=two', '=2'])(
		'rejects %s',
		(entry) => {
			expect(() => parseScale(['--scale', entry])).toThrow(/Use --scale NAME=N/);
		},
	);

	test.each([[['--replicas', '2']], [['gateway=2']], [['--scale']]])('rejects %j', (args) => {
		expect(() => parseScale(args)).toThrow(/The only option is --scale/);
	});
});

test('replicas are numbered from the second on', () => {
	expect(replicaNames('jobs', { gateway: 1 })).toEqual(['jobs']);
	expect(replicaNames('gateway', { gateway: 3 })).toEqual(['gateway', 'gateway-2', 'gateway-3']);
});
