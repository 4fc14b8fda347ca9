import { describe, expect, test } from '@jest/globals';
import { missingPackages } from './debian-packages.ts';
import { aptReason } from './prepare-machine.ts';

describe('missingPackages', () => {
	test('returns packages that dpkg does not list as installed', () => {
		const list = 'qpdf installed\ncurl config-files\nghostscript half-installed\n';
		const wanted = ['qpdf', 'curl', 'ghostscript', 'jq'];
		expect(missingPackages(wanted, list)).toEqual(['curl', 'ghostscript', 'jq']);
	});

	test('leaves out packages that a desktop package replaces', () => {
		const wanted = ['libreoffice-calc-nogui', 'libreoffice-writer-nogui'];
		expect(missingPackages(wanted, 'libreoffice-calc installed\n')).toEqual(['libreoffice-writer-nogui']);
	});
});

test.each([
	[
		'the last error of apt',
		'Reading…\nE: first\nE: Unable to locate package x\n',
		'Unable to locate package x',
	],
	['the last line when apt names no error', 'Reading…\nkilled\n', 'killed'],
])('aptReason returns %s', (_, output, expected) => {
	expect(aptReason(output)).toBe(expected);
});
