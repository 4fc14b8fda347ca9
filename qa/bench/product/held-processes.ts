import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Child, startChild } from '../run/child.ts';
import type { Product } from './environment.ts';

const heldSchema = z.object({
	name: z.string(),
	command: z.array(z.string()),
	env: z.record(z.string(), z.string()),
	readyUrl: z.url(),
});

/** A process of the product that was left for the bench to start, just as the product would. */
export type HeldProcess = z.infer<typeof heldSchema>;

export function readHeld({ heldFile }: Product): HeldProcess[] {
	return z.array(heldSchema).parse(JSON.parse(readFileSync(heldFile, 'utf8')));
}

/** Resolves once it is ready. `env` differs from what the product gives it, `nodeFlags` come on top. */
export function startHeld(
	{ home }: Product,
	{ name, command, env, readyUrl }: HeldProcess,
	{ env: more = {}, nodeFlags = [] }: { env?: Record<string, string>; nodeFlags?: readonly string[] } = {},
): Promise<Child> {
	const [node = '', ...rest] = command;
	return startChild({
		...{ name, command: [node, ...nodeFlags, ...rest], env: { ...env, ...more } },
		...{ logPath: join(home, 'logs', `${name}.log`), url: readyUrl, mustBeOk: true },
	});
}
