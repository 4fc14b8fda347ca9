import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Webhook } from 'standardwebhooks';
import type { ReceivedRequest } from './receiver.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../../..');

/** Returns the code block of docs/webhooks.md in this language that contains a word. */
function documentedVerifier(language: string, word: string): string {
	const page = readFileSync(join(REPOSITORY, 'docs/webhooks.md'), 'utf8');
	for (const [, code = ''] of page.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g')))
		if (code.includes(word)) return code;
	throw new Error(`docs/webhooks.md has no example in ${language}`);
}

function headersOf({ headers }: ReceivedRequest): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** Verifies a delivery with the package `standardwebhooks`. Throws if the package rejects it. */
export function verifyWithPackage(request: ReceivedRequest, secret: string): unknown {
	return new Webhook(secret).verify(request.body, headersOf(request));
}

/** Verifies deliveries with the Python function of the docs, in one process. Returns whether it accepts each. */
export function verifyInPython(
	deliveries: readonly { request: ReceivedRequest; secret: string }[],
): boolean[] {
	const input = deliveries.map(({ request, secret }) => ({
		headers: headersOf(request),
		body: request.body,
		secret,
	}));
	const program = `${documentedVerifier('python', 'hmac')}
import json, sys
print(json.dumps([verify_webhook(one["headers"], one["body"].encode(), one["secret"]) for one in json.load(sys.stdin)]))
`;
	const output = execFileSync('python3', ['-c', program], { input: JSON.stringify(input), encoding: 'utf8' });
	return JSON.parse(output);
}

/** Runs the shell example of the docs as printed. Returns its variables and body, its output, and what the docs say that it prints. */
export function runShellExample() {
	const code = documentedVerifier('sh', 'openssl');
	const directory = mkdtempSync(join(tmpdir(), 'webhook-example-'));
	try {
		const output = execFileSync('sh', ['-c', code], { cwd: directory, encoding: 'utf8' }).trim();
		const body = readFileSync(join(directory, 'body.json'), 'utf8');
		const variable = (name: string) => new RegExp(`^${name}=(\\S+)$`, 'm').exec(code)?.[1] ?? '';
		return { variable, body, output, documented: /^# (v1,\S+)/m.exec(code)?.[1] };
	} finally {
		rmSync(directory, { recursive: true });
	}
}
