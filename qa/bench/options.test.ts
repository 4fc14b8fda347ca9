import { expect, test } from '@jest/globals';
import { readOptions } from './options.ts';

test('folders and files are meant from where the person stands', () => {
	const options = readOptions(['tools', '--dir', 'scans', '--json', 'out.json'], '/home/ada');
	expect(options).toMatchObject({ name: 'tools', dir: '/home/ada/scans', jsonPath: '/home/ada/out.json' });
});

test('all tools are measured on the files that the bench makes, unless something is said', () => {
	expect(readOptions([], '/')).toMatchObject({
		name: 'tools',
		dir: undefined,
		only: [],
		repeat: 1,
		withLarge: true,
	});
});

test('a load meets the product that is named', () => {
	const options = readOptions(['load', '--api', 'http://127.0.0.1:9000/', '--seconds', '60'], '/');
	expect(options).toMatchObject({ name: 'load', apiUrl: 'http://127.0.0.1:9000', seconds: 60 });
});

test('the load goes on for ten minutes unless something else is said', () => {
	expect(readOptions(['load'], '/').seconds).toBe(600);
	expect(readOptions(['abuse'], '/').seconds).toBe(30);
});

test.each([
	['an unknown bench', ['tool']],
	['an unknown option', ['tools', '--dri', 'x']],
	['no number', ['tools', '--repeat', '0']],
	['no time', ['load', '--seconds', 'soon']],
	['a corpus without a folder', ['corpus']],
])('%s is answered with the usage', (_, args) => {
	expect(() => readOptions(args, '/')).toThrow(/--/);
});
