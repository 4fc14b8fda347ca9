import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { BASE_URL, newPerson } from '../../driver/client.ts';
import { startHttpServer } from '../../driver/http-server.ts';
import { openApiDocument } from '../../driver/openapi.ts';
import { inFolder, runBlocks } from './support/run-example.ts';

const DOCS = join(import.meta.dirname, '..', '..', '..', 'docs');

interface Page {
	text: string;
	/** What each block for a shell prints, when a new user runs them one after the other. */
	outputs: string[];
}

/** Runs the shell blocks of a page as printed, except that the product and the receiver of webhooks have other ports. */
async function runPage(name: string): Promise<Page> {
	const text = await readFile(join(DOCS, name), 'utf8');
	const { port: receiverPort, stop } = await startHttpServer(() => {});
	stop();
	const blocksIn = (language: string) =>
		[...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) =>
			code.replaceAll('http://127.0.0.1:8080', BASE_URL).replaceAll('3000', String(receiverPort)),
		);
	const { token } = await newPerson();
	const outputs = await inFolder(async (folder) => {
		const [receiver] = blocksIn('js');
		if (receiver) await writeFile(join(folder, 'receiver.mjs'), receiver);
		return await runBlocks(blocksIn('sh'), { TOKEN: token }, folder);
	});
	return { text, outputs };
}

const REFUSED = /^\{"error":\{"code":"unauthorized"/;

test('the steps of the page about API keys create, use, rotate, revoke and report keys', async () => {
	const { text, outputs } = await runPage('api-keys.md');
	const scopes = [...text.matchAll(/^\| `(\w+:\w+)`/gm)].map(([, scope]) => scope);
	const { components } = await openApiDocument();
	expect(components.schemas.ApiKey).toMatchObject({ properties: { scopes: { items: { enum: scopes } } } });
	const [created, used, refused, rotated, revoked, reported] = outputs;
	expect([created, used]).toEqual(['', '{"data":[],"next_cursor":null}']);
	const [, message = ''] = /"message": "(.*?)"/.exec(text) ?? [];
	expect(refused).toContain(`{"error":{"code":"insufficient_scope","message":"${message}"`);
	expect(rotated).toBe(`${used}${used}`);
	expect(revoked).toMatch(REFUSED);
	const [status, ...after] = reported?.split('\n') ?? [];
	expect([status, after.join('\n')]).toEqual(['204', expect.stringMatching(REFUSED)]);
});

test('the steps of the page about webhooks receive, repeat and recover deliveries, and rotate the secret', async () => {
	const { outputs } = await runPage('webhooks.md');
	const [created, received = '', signature, inspected = '', recovered, secret, last = ''] = outputs;
	expect(created).toBe('');
	const line = /^evt_\w{26} webhook\.test$/m.exec(received)?.[0] ?? 'none';
	expect(signature).toBe('v1,sgpQce86J01XxIEBR3pp0EYa0aSMHPMHRPSKuaVDNnw=\n');
	expect(inspected).toContain('"response_status": 204');
	expect(recovered).toBe('{"data":{"count":0,"has_more":false}}');
	expect(secret).toMatch(/^whsec_\S+\n$/);
	// The third one is signed with both secrets.
	expect(last.split('\n').slice(-4)).toEqual([line, line, expect.stringMatching(/ webhook\.test$/), '']);
});

test('the steps of the page about rate limits show the headers and reach the limit', async () => {
	const [output] = (await runPage('rate-limits.md')).outputs;
	expect(output).toMatch(
		/^RateLimit-Policy: "requests";q=600;w=60\r\nRateLimit: "requests";r=(599|600);t=1\r\n +\d+ 200\n +1 429\nRetry-After: \d+\r\nRateLimit-Policy: .*\r\nRateLimit: "requests";r=0;t=\d+\r\n$/,
	);
});
