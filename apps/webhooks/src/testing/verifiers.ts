import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Webhook } from 'standardwebhooks';
import type { ReceivedRequest } from './receiver.ts';

const REPOSITORY = resolve(import.meta.dirname, '../../../..');

/** Returns the code block of docs/webhooks.md in this language. */
function documentedVerifier(language: string): string {
	const page = readFileSync(join(REPOSITORY, 'docs/webhooks.md'), 'utf8');
	const [, code] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(page) ?? [];
	if (!code) throw new Error(`docs/webhooks.md has no example in ${language}`);
	return code;
}

function headersOf({ headers }: ReceivedRequest): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}

/** Verifies a delivery with the package `standardwebhooks`. Throws if that rejects it. */
export function verifyWithPackage(request: ReceivedRequest, secret: string): unknown {
	return new Webhook(secret).verify(request.body, headersOf(request));
}

/** Verifies deliveries with the Python function of the docs, in one process. Returns whether it accepts each. */
export function verifyInPython(
	deliveries: readonly { request: ReceivedRequest; secret: string }[],
): boolean[] {
	const input = deliveries.map(({ request, secret }) => ({
		...{ headers: headersOf(request), body: request.body, secret },
	}));
	const program = `${documentedVerifier('python')}
import json, sys
print(json.dumps([verify_webhook(one["headers"], one["body"].encode(), one["secret"]) for one in json.load(sys.stdin)]))
`;
	const output = execFileSync('python3', ['-c', program], { input: JSON.stringify(input), encoding: 'utf8' });
	return JSON.parse(output);
}
