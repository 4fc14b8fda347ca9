import { describe, expect, test } from '@jest/globals';
import {
	missingPackages,
	packagesToBench,
	packagesToBenchGateway,
	packagesToProcess,
	packagesToStart,
	packagesToTest,
} from './debian-packages.ts';
import { aptReason } from './install-packages.ts';

describe('missingPackages', () => {
	test('are those that dpkg does not know, or knows as anything but installed', () => {
		const list = 'qpdf installed\ncurl config-files\nghostscript half-installed\n';
		expect(missingPackages(['qpdf', 'curl', 'ghostscript', 'jq'], list)).toEqual([
			'curl',
			'ghostscript',
			'jq',
		]);
	});

	test('are not those that a desktop package stands in for', () => {
		const list = 'libreoffice-calc installed\n';
		const wanted = ['libreoffice-calc-nogui', 'libreoffice-writer-nogui'];
		expect(missingPackages(wanted, list)).toEqual(['libreoffice-writer-nogui']);
	});
});

test('no broker is installed for a person who has one', () => {
	expect(packagesToStart({ ownBroker: true })).toContain('rabbitmq-server');
	expect(packagesToStart({ ownBroker: false })).not.toContain('rabbitmq-server');
});

test('the tests need the second S3 server and a browser on top', () => {
	expect(packagesToTest()).toEqual(expect.arrayContaining(['radosgw', 'chromium']));
});

test('the bench needs the tools and its judge, and no broker', () => {
	expect(packagesToBench()).toEqual(expect.arrayContaining(['ocrmypdf', 'python3-numpy']));
	expect(packagesToBench()).not.toContain('rabbitmq-server');
	expect(packagesToTest()).toEqual(expect.arrayContaining(packagesToBench()));
});

test('the bench of the gateway needs nginx and the broker, and no tool', () => {
	expect(packagesToBenchGateway()).toEqual(expect.arrayContaining(['nginx', 'rabbitmq-server']));
	expect(packagesToBenchGateway()).not.toContain('ocrmypdf');
});

test('a machine for workers alone needs the tools, and neither a broker nor what people type', () => {
	expect(packagesToProcess()).toEqual(expect.arrayContaining(['bubblewrap', 'ocrmypdf']));
	expect(packagesToProcess()).not.toContain('rabbitmq-server');
	expect(packagesToProcess()).not.toContain('curl');
	expect(packagesToStart({ ownBroker: false })).toEqual(expect.arrayContaining(packagesToProcess()));
});

describe('aptReason', () => {
	test('is the last error that apt gives', () => {
		expect(aptReason('Reading…\nE: first\nE: Unable to locate package x\n')).toBe(
			'Unable to locate package x',
		);
	});

	test('is the last line when apt gives no error', () => {
		expect(aptReason('Reading…\nkilled\n')).toBe('killed');
	});
});
