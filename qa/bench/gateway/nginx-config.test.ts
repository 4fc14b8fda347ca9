import { expect, test } from '@jest/globals';
import { nginxConfig } from './nginx-config.ts';

const ROOT = { isRoot: false };

function configOf(keepsConnections: boolean): string {
	const asks = { port: 3, path: '/check' };
	const servers = [{ port: 1, passesTo: 2, asks, keepsConnections }];
	return nginxConfig({ directory: '/tmp/site', servers }, ROOT);
}

test('whoever is asked about a token is asked before the service is', () => {
	const config = configOf(true);
	expect(config).toContain('auth_request /verify;');
	expect(config).toContain('proxy_pass http://verifier_of_1/check;');
	expect(config).toContain('proxy_pass http://service_of_1;');
});

test('connections are kept only where that is wanted', () => {
	expect(configOf(true)).toContain('keepalive 128;');
	expect(configOf(false)).not.toMatch(/keepalive \d|proxy_http_version/);
});

test('nothing is written but in its own directory', () => {
	const config = configOf(true);
	const paths = [...config.matchAll(/(?:_path|pid|_log) (\S+?)[; ]/g)].map(([, path]) => path);
	expect(paths.length).toBeGreaterThan(6);
	expect(paths.filter((path) => !path?.startsWith('/tmp/site/'))).toEqual([]);
});
