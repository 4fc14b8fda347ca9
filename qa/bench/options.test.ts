import { expect, test } from '@jest/globals';
import { readOptions } from './options.ts';

const NAMES = ['tools', 'corpus', 'load', 'abuse', 'drain'];
const read = (args: string[]) => readOptions(args, '/home/ada', NAMES);

test('resolves paths in the working directory of the caller', () => {
	const options = read(['tools', '--dir', 'scans', '--json', 'out.json']);
	expect(options).toMatchObject({ name: 'tools', dir: '/home/ada/scans', jsonPath: '/home/ada/out.json' });
});

test('measures all tools on the generated files by default', () => {
	const defaults = { name: 'tools', dir: undefined, only: [], repeat: 1, withLarge: true };
	expect(read([])).toMatchObject(defaults);
});

test('takes the defaults of each bench', () => {
	expect(read(['load', '--api', 'http://127.0.0.1:9000/'])).toMatchObject({
		apiUrl: 'http://127.0.0.1:9000',
		seconds: 600,
	});
	expect(read(['abuse']).seconds).toBe(30);
	expect(read(['drain']).jobs).toBe(10_000);
});

test.each([
	['an unknown bench', ['tool']],
	['an unknown option', ['tools', '--dri', 'x']],
	['zero repetitions', ['tools', '--repeat', '0']],
	['a duration that is no number', ['load', '--seconds', 'soon']],
	['a corpus without a folder', ['corpus']],
])('rejects %s', (_, args) => {
	expect(() => read(args)).toThrow(/--/);
});
