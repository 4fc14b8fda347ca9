import { expect, test } from '@jest/globals';
import { downloadType } from './download-url.ts';

test.each([
	'application/pdf',
	'image/png',
	'IMAGE/JPEG',
	'text/plain; charset=utf-8',
	'application/msword',
	'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
])('a download of type %s keeps its type', (type) => {
	expect(downloadType(type)).toBe(type);
});

test.each([
	'text/html',
	'TEXT/HTML',
	'text/html; charset="utf-8"',
	'application/xhtml+xml',
	'image/svg+xml',
	'text/xml',
	'application/xml',
	'application/rss+xml',
	'text/javascript',
	'application/javascript',
	'text/css',
	'message/rfc822',
	'multipart/related',
	'application/vnd.mozilla.xul+xml',
	'application/x-shockwave-flash',
	'x/y',
	'text/plainx',
])('a download of type %s becomes application/octet-stream', (type) => {
	expect(downloadType(type)).toBe('application/octet-stream');
});
